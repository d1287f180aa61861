//! How acts are called.

use super::{Act, To, Way};

impl Act {
    /// What it is called where the file gives it no name: what it does to what.
    #[expect(clippy::wildcard_enum_match_arm, reason = "most acts are named after their node")]
    pub(crate) fn usual_name(&self) -> String {
        let kind = self.key().replace('_', "-");
        let refs = self.refs();
        let between = |[a, b]: [&str; 2]| format!("{kind}-{}-{}", a.min(b), a.max(b));
        match self {
            Act::Network(change) if change.between.is_none() => kind,
            Act::Connect(_) | Act::Disconnect(_) | Act::Network(_) => {
                between(self.link().unwrap_or_default())
            }
            Act::Partition(_) | Act::Heal(_) | Act::Release(_) | Act::Hold(_) | Act::Drop(_) => {
                match self.way() {
                    Some(Way { from: Some(from), to: Some(to), .. }) => format!("{kind}-{from}-to-{to}"),
                    _ => between(self.link().unwrap_or_default()),
                }
            }
            Act::HalfOpen(it) => format!("{kind}-{}-{}", it.node, it.peer),
            Act::Attack(it) => format!("{kind}-{}-{}-{}", it.how.name(), it.node, it.on),
            _ => {
                let node = refs.first().map_or("", |reference| reference.name);
                let id = refs.iter().find(|reference| reference.to == To::CoValue);
                id.map_or_else(|| format!("{kind}-{node}"), |id| format!("{kind}-{}-{node}", id.name))
            }
        }
    }
}
