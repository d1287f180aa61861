//! How the table of kinds is made into types: the kinds, and the fields that a file has for them.

use crate::scenario::file::{Flapping, Spells};
use cosim_core::Span;

/// Makes [`FaultKind`] and [`Faults`] of a list of kinds.
macro_rules! kinds {
    ($(
        $(#[$doc:meta])*
        $kind:ident {
            $(#[$about:meta])*
            $field:ident: $Type:ty;
            $($row:tt)*
        }
    )*) => {
        /// A kind of fault that can be generated.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum FaultKind {
            $($(#[$doc])* $kind,)*
        }

        impl FaultKind {
            /// Every kind, in the order in which they are drawn.
            pub const ALL: [FaultKind; [$(FaultKind::$kind),*].len()] = [$(FaultKind::$kind),*];

            /// All that there is to know of a kind.
            pub const fn row(self) -> &'static Row {
                match self {
                    $(FaultKind::$kind => &Row { field: stringify!($field), $($row)* },)*
                }
            }
        }

        /// Faults to generate from the seed. All of them end by themselves, except joins, departures, clock jumps and clock
        /// drifts.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct Faults {
            /// The start of the time window in which the faults begin. Default 0ms.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub from: Option<Duration>,
            /// The end of the time window.
            pub until: Duration,
            /// The nodes that the faults happen to, and whose links they happen to. Default all.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schemars(length(min = 1))]
            pub nodes: Option<Vec<String>>,
            /// Whether each seed takes its own random choice of faults, including those of links and disks, at rates that are
            /// sometimes extreme. If true, no numbers may be given. Default false.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub swarm: Option<bool>,
            $(
                $(#[$about])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<$Type>,
            )*
            /// Whether generated faults may destroy the last copy of something that was reported as written. Default false.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub take_last_copies: Option<bool>,
            /// The furthest that a wall clock jumps. Default 1d.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub furthest: Option<Duration>,
            /// The longest that one fault lasts. Default 1s.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub longest: Option<Duration>,
        }

        impl Faults {
            /// How many faults of a kind the file asks for; `None` where it does not speak of them.
            pub(in crate::scenario) fn times(&self, kind: FaultKind) -> Option<u64> {
                let window = self.until.0 - self.from.unwrap_or_default().0;
                match kind {
                    $(FaultKind::$kind => self.$field.as_ref().map(|field| field.times(window)),)*
                }
            }
        }
    };
}

/// What a file says of one kind.
pub(super) trait Times {
    /// How many that is in a window.
    fn times(&self, window: Span) -> u64;
}

impl Times for u32 {
    fn times(&self, _: Span) -> u64 {
        u64::from(*self)
    }
}

impl Times for Spells {
    fn times(&self, _: Span) -> u64 {
        u64::from(self.times)
    }
}

/// Of one node.
impl Times for Flapping {
    fn times(&self, window: Span) -> u64 {
        self.rounds(window)
    }
}

pub(super) use kinds;
