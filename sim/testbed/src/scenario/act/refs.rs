//! How acts call what they are about: by names in a file, by numbers in a run; and the way from one to the other.

use super::Act;
use super::reference::{Field, Reference, To};
use super::resolving::Resolving;
use crate::host::NodeId;
use crate::scenario::Scenario;
use cosim_core::CoId;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;

/// How acts call what they are about. A link is called by its two nodes.
pub trait Refs: Clone + Copy + fmt::Debug + Default + PartialEq + Eq {
    /// A node.
    type Node: Call;
    /// A CoValue.
    type CoValue: Call;
    /// A member of a group.
    type Member: Call;
    /// A copy of a disk.
    type Backup: Call;
}

/// What something can be called.
pub trait Call: Clone + fmt::Debug + Default + Ord + Serialize + DeserializeOwned + JsonSchema {}

impl<T: Clone + fmt::Debug + Default + Ord + Serialize + DeserializeOwned + JsonSchema> Call for T {}

/// By name, as in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Named;

impl Refs for Named {
    type Node = String;
    type CoValue = String;
    /// A node, or `everyone`.
    type Member = String;
    /// `None` for the usual name.
    type Backup = Option<String>;
}

/// By number, as in a run: an index into a list of the scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbered;

impl Refs for Numbered {
    type Node = u32;
    type CoValue = u32;
    /// `None` for everyone.
    type Member = Option<u32>;
    type Backup = u32;
}

/// Not at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Unnamed;

impl Refs for Unnamed {
    type Node = ();
    type CoValue = ();
    type Member = ();
    type Backup = ();
}

/// What everyone is called as a member.
pub(in crate::scenario) const EVERYONE: &str = "everyone";

/// From one way to call things to another. Each act hands over whatever it is about, in the order of its fields; where
/// something has no other name, there is no act.
pub(super) trait Rename<'a, R: Refs, S: Refs> {
    fn to_node(&mut self, to: To, field: Field, node: &'a R::Node) -> Option<S::Node>;
    fn to_co_value(&mut self, to: To, field: Field, id: &'a R::CoValue) -> Option<S::CoValue>;
    fn to_member(&mut self, member: &'a R::Member) -> Option<S::Member>;
    fn to_backup(&mut self, backup: &'a R::Backup) -> Option<S::Backup>;

    /// The node whose app is asked for something.
    fn app(&mut self, node: &'a R::Node) -> Option<S::Node> {
        self.to_node(To::App, ("node", None), node)
    }

    /// The CoValue that is written or asked for.
    fn id(&mut self, id: &'a R::CoValue) -> Option<S::CoValue> {
        self.to_co_value(To::CoValue, ("id", None), id)
    }

    /// The group that is, or was, the parent of another.
    fn parent(&mut self, id: &'a R::CoValue) -> Option<S::CoValue> {
        self.to_co_value(To::Parent, ("parent", None), id)
    }

    /// The node to which something happens.
    fn running(&mut self, node: &'a R::Node) -> Option<S::Node> {
        self.to_node(To::Running, ("node", None), node)
    }

    /// The ends of a link, in order.
    fn ends(&mut self, to: To, [a, b]: &'a [R::Node; 2]) -> Option<[S::Node; 2]> {
        let a = self.to_node(to, ("between", Some(0)), a)?;
        let b = self.to_node(to, ("between", Some(1)), b)?;
        Some(if a <= b { [a, b] } else { [b, a] })
    }

    /// The ends of a link of which something changes, where they are said.
    fn between(&mut self, ends: &'a Option<[R::Node; 2]>) -> Option<Option<[S::Node; 2]>> {
        given(ends.as_ref(), |ends| self.ends(To::Prepared, ends))
    }

    /// The end of one way of a link, where it is said.
    fn end(&mut self, field: &'static str, node: &'a Option<R::Node>) -> Option<Option<S::Node>> {
        given(node.as_ref(), |node| self.to_node(To::Prepared, (field, None), node))
    }

    /// The node of which something is taken, where it is said.
    fn source(&mut self, node: &'a Option<R::Node>) -> Option<Option<S::Node>> {
        given(node.as_ref(), |node| self.to_node(To::Source, ("of", None), node))
    }

    /// The CoValues of whose messages something becomes, where they are said.
    fn filtered(&mut self, ids: &'a Option<Vec<R::CoValue>>) -> Option<Option<Vec<S::CoValue>>> {
        given(ids.as_ref(), |ids| {
            let ids = ids.iter().enumerate();
            ids.map(|(index, id)| self.to_co_value(To::Filtered, ("ids", Some(index)), id)).collect()
        })
    }
}

/// The fields of acts. Each says what becomes of it when what an act is about is called otherwise, and what is usual where
/// it may be left out: of that nothing is said then.
///
/// ```text
/// /// What the act is.
/// Fields(it, by) {
///     /// What the field is.
///     field: type = what it is otherwise [, usually this => of the type];
/// }
/// ```
macro_rules! fields {
    ($(
        $(#[$about:meta])*
        $Fields:ident($it:ident, $by:ident) {
            $(
                $(#[$meta:meta])*
                $field:ident: $Type:ty = $otherwise:expr $(, usually $usual:expr => $Usual:ty)?;
            )*
        }
    )*) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields, bound = "")]
        #[schemars(bound = "")]
        pub struct $Fields<R: Refs = Named> {
            $($(#[$meta])* pub $field: $Type,)*
        }

        impl<R: Refs> $Fields<R> {
            $($(
                #[doc = concat!("What `", stringify!($field), "` says, or what is usual.")]
                pub fn $field(&self) -> $Usual {
                    self.$field.unwrap_or($usual)
                }
            )?)*

            pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<$Fields<S>> {
                let ($it, $by) = (self, by);
                Some($Fields { $($field: $otherwise$(.filter(|it| *it != $usual))?,)* })
            }
        }
    )*};
}
pub(super) use fields;

/// What may be left out.
pub(super) fn given<T, U>(it: Option<T>, rename: impl FnOnce(T) -> Option<U>) -> Option<Option<U>> {
    match it {
        Some(it) => rename(it).map(Some),
        None => Some(None),
    }
}

/// Whether what something is called is left out of a file.
pub(super) fn is_unsaid<T: Call>(it: &T) -> bool {
    *it == T::default()
}

impl<'a> Rename<'a, Named, Numbered> for Resolving<'_, '_> {
    fn to_node(&mut self, _: To, field: Field, name: &'a String) -> Option<u32> {
        let (field, index) = field;
        let at = self.at.key(field);
        match index {
            Some(index) => self.names.node(name, &at.index(index), self.report),
            None => self.names.node(name, &at, self.report),
        }
    }

    fn to_co_value(&mut self, _: To, _: Field, name: &'a String) -> Option<u32> {
        self.names.co_value(name)
    }

    fn to_member(&mut self, name: &'a String) -> Option<Option<u32>> {
        if name == EVERYONE { Some(None) } else { self.node(name, "member").map(Some) }
    }

    fn to_backup(&mut self, name: &'a Option<String>) -> Option<u32> {
        self.names.backup(name.as_deref())
    }
}

impl<'a> Rename<'a, Numbered, Named> for &Scenario {
    fn to_node(&mut self, _: To, _: Field, node: &'a u32) -> Option<String> {
        self.nodes.get(*node as usize).map(|node| node.name.clone())
    }

    fn to_co_value(&mut self, _: To, _: Field, id: &'a u32) -> Option<String> {
        self.co_values.get(*id as usize).cloned()
    }

    fn to_member(&mut self, member: &'a Option<u32>) -> Option<String> {
        let Some(node) = member else { return Some(EVERYONE.to_owned()) };
        self.nodes.get(*node as usize).map(|node| node.name.clone())
    }

    fn to_backup(&mut self, backup: &'a u32) -> Option<Option<String>> {
        Some(Some(self.backup_name(*backup)))
    }
}

/// Lists whatever an act is about.
impl<'a> Rename<'a, Named, Unnamed> for Vec<Reference<'a>> {
    fn to_node(&mut self, to: To, field: Field, name: &'a String) -> Option<()> {
        self.push(Reference { to, name, field });
        Some(())
    }

    fn to_co_value(&mut self, to: To, field: Field, name: &'a String) -> Option<()> {
        self.push(Reference { to, name, field });
        Some(())
    }

    fn to_member(&mut self, name: &'a String) -> Option<()> {
        if name != EVERYONE {
            self.push(Reference { to: To::Member, name, field: ("member", None) });
        }
        Some(())
    }

    fn to_backup(&mut self, _: &'a Option<String>) -> Option<()> {
        Some(())
    }
}

impl Act {
    /// Whatever it refers to.
    pub(crate) fn refs(&self) -> Vec<Reference<'_>> {
        let mut refs = Vec::new();
        let _: Option<Act<Unnamed>> = self.renamed(&mut refs);
        if let Act::Join(_) = self {
            refs.iter_mut().for_each(|reference| reference.to = To::Newcomer);
        }
        refs
    }
}

/// What an act of a run is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct About {
    /// The nodes, in the order of its fields: first the one that does it or to which it happens.
    pub(crate) nodes: Vec<NodeId>,
    /// The CoValue, if it is one.
    pub(crate) co_value: Option<CoId>,
    co_values: usize,
}

impl<'a> Rename<'a, Numbered, Unnamed> for About {
    fn to_node(&mut self, _: To, _: Field, node: &'a u32) -> Option<()> {
        if !self.nodes.contains(&NodeId(*node)) {
            self.nodes.push(NodeId(*node));
        }
        Some(())
    }

    fn to_co_value(&mut self, to: To, _: Field, id: &'a u32) -> Option<()> {
        if to == To::Parent {
            return Some(());
        }
        self.co_values += 1;
        self.co_value = (self.co_values == 1).then_some(CoId(*id));
        Some(())
    }

    fn to_member(&mut self, member: &'a Option<u32>) -> Option<()> {
        self.nodes.extend(member.map(NodeId));
        Some(())
    }

    fn to_backup(&mut self, _: &'a u32) -> Option<()> {
        Some(())
    }
}

impl Act<Numbered> {
    /// What it is about.
    pub(crate) fn about(&self) -> About {
        let mut about = About::default();
        let _: Option<Act<Unnamed>> = self.renamed(&mut about);
        about
    }

    /// What it is in a file. Whether something is encrypted is always said.
    pub(crate) fn named(&self, scenario: &Scenario) -> Act {
        self.renamed(&mut &*scenario).expect("what a run is about has names in its scenario")
    }
}
