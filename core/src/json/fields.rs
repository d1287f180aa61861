//! Reading a JSON object field by field, with the place of whatever is wrong.

use super::error::{At, JsonError, Problem};
use alloc::string::{String, ToString};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The fields of an object.
pub(crate) struct Fields<'v, 'a> {
    object: &'v Map<String, Value>,
    at: At<'a>,
}

impl<'v, 'a> Fields<'v, 'a> {
    /// An object that has no fields but known ones.
    pub(super) fn of(json: &'v Value, at: At<'a>, known: &'static [&'static str]) -> Result<Self, JsonError> {
        let object = object(json, &at)?;
        match object.keys().find(|key| !known.contains(&key.as_str())) {
            Some(field) => Err(at.error(Problem::UnknownField { field: field.clone(), known })),
            None => Ok(Fields { object, at }),
        }
    }

    /// An object that may have other fields too.
    pub(crate) fn open(json: &'v Value, at: At<'a>) -> Result<Self, JsonError> {
        Ok(Fields { object: object(json, &at)?, at })
    }

    /// A field that must be there.
    pub(crate) fn required(&self, field: &'static str) -> Result<&'v Value, JsonError> {
        self.object.get(field).ok_or_else(|| self.at.error(Problem::Missing(field)))
    }

    /// A field that may be undefined.
    pub(super) fn optional(&self, field: &str) -> Option<&'v Value> {
        self.object.get(field).filter(|json| !json.is_null())
    }

    /// Checks that `field` says the name that is the key of this object.
    pub(super) fn named(&self, field: &'static str) -> Result<(), JsonError> {
        self.says(field, self.at.key())
    }

    /// Checks that `field` says `expected`.
    pub(super) fn says(&self, field: &'static str, expected: &str) -> Result<(), JsonError> {
        let at = self.at.child(field);
        let name = text(self.required(field)?, at)?;
        if name != expected {
            return Err(at.error(Problem::NameDiffers { key: String::from(expected), name }));
        }
        Ok(())
    }
}

/// A value, by its own reader.
pub(crate) fn parse<T: DeserializeOwned>(json: &Value, at: At<'_>) -> Result<T, JsonError> {
    T::deserialize(json).map_err(|error| at.error(Problem::Malformed(error.to_string())))
}

/// A string.
pub(crate) fn text(json: &Value, at: At<'_>) -> Result<String, JsonError> {
    json.as_str().map(String::from).ok_or_else(|| at.expected("a string", json))
}

/// An object's members.
pub(super) fn object<'v>(json: &'v Value, at: &At<'_>) -> Result<&'v Map<String, Value>, JsonError> {
    json.as_object().ok_or_else(|| at.expected("an object", json))
}
