//! Deserialising from a [`Tree`]: as from any JSON, but an object is never taken from an array, nor a name from an
//! object, which serde would allow.

use super::tree::{Node, Tree};
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Value};

impl<'de> IntoDeserializer<'de, Error> for &'de Tree {
    type Deserializer = &'de Tree;

    fn into_deserializer(self) -> &'de Tree {
        self
    }
}

impl<'de> Deserializer<'de> for &'de Tree {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node {
            Node::Plain(value) => value.deserialize_any(visitor),
            Node::Number(text) => Err(Error::custom(format_args!(
                "number {} is out of range\nno number in a scenario needs to be so large",
                super::file::quoted(text)
            ))),
            Node::Array(elements) => {
                let mut sequence = SeqDeserializer::new(elements.iter());
                let value = visitor.visit_seq(&mut sequence)?;
                sequence.end()?;
                Ok(value)
            }
            Node::Object(fields) => {
                let mut map =
                    MapDeserializer::new(fields.iter().map(|field| (field.key.as_str(), &field.value)));
                let value = visitor.visit_map(&mut map)?;
                map.end()?;
                Ok(value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if matches!(self.node, Node::Plain(Value::Null)) {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if matches!(self.node, Node::Array(_)) {
            return Err(Error::invalid_type(Unexpected::Seq, &visitor));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match &self.node {
            Node::Plain(value @ Value::String(_)) => value.deserialize_enum(name, variants, visitor),
            Node::Plain(Value::Null) => Err(Error::invalid_type(Unexpected::Unit, &"a string")),
            Node::Plain(Value::Bool(value)) => {
                Err(Error::invalid_type(Unexpected::Bool(*value), &"a string"))
            }
            Node::Plain(_) | Node::Number(_) => {
                Err(Error::invalid_type(Unexpected::Other("a number"), &"a string"))
            }
            Node::Array(_) => Err(Error::invalid_type(Unexpected::Seq, &"a string")),
            Node::Object(_) => Err(Error::invalid_type(Unexpected::Map, &"a string")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map identifier ignored_any
    }
}
