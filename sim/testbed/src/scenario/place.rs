//! Where in a scenario file something is: a path of keys and indices.

use std::fmt;

/// One step into a JSON value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Into an object.
    Key(String),
    /// Into an array.
    Index(usize),
}

/// Which part of a field is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Its name.
    Key,
    /// Its value.
    Value,
}

/// A place in a file. Displays as `links[0].between[1]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The way from the outermost object.
    pub path: Vec<Step>,
    /// What of the last step is meant.
    pub part: Part,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.path.iter().enumerate() {
            match step {
                Step::Key(key) if at == 0 => write!(f, "{key}")?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// A place as checks carry it along: it costs nothing until it is written down.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At<'a> {
    Root,
    Key(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl<'a> At<'a> {
    pub(crate) fn key(&'a self, key: &'a str) -> At<'a> {
        At::Key(self, key)
    }

    pub(crate) fn index(&'a self, index: usize) -> At<'a> {
        At::Index(self, index)
    }

    /// The value here.
    pub(crate) fn value(&self) -> Place {
        Place { path: self.path(), part: Part::Value }
    }

    /// The name of the field here.
    pub(crate) fn name(&self) -> Place {
        Place { path: self.path(), part: Part::Key }
    }

    fn path(&self) -> Vec<Step> {
        match *self {
            At::Root => Vec::new(),
            At::Key(parent, key) => parent.with(Step::Key(key.to_owned())),
            At::Index(parent, index) => parent.with(Step::Index(index)),
        }
    }

    fn with(&self, step: Step) -> Vec<Step> {
        let mut path = self.path();
        path.push(step);
        path
    }
}
