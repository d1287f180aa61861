//! What is written where a scenario says how much, and not what: made of the number of the operation.

use super::change::{Change, What};
use super::directory::Directory;
use super::kind::{Kind, MemberRole};
use crate::host::NodeId;
use cosim_core::{CoId, FastCrypto};

/// The `i`th change of an operation by the app of `me`, to a CoValue in whose list or text it sees so many items; `None` for
/// a CoValue that the scenario does not name.
pub(crate) fn made_up(
    directory: &Directory,
    me: NodeId,
    (id, len): (CoId, usize),
    (operation, i): (u32, u32),
    size: u32,
) -> Option<Change> {
    let drawn = FastCrypto::mix(u64::from(operation) << 32 | u64::from(i), 0x6564_6974);
    let known = directory.co_value(id)?;
    let len = len as u64;
    let index = |among: u64| (drawn >> 8).checked_rem(among).unwrap_or(0) as u32;
    // A hundred bytes are what is written where nobody asks for a size.
    let padding = ".".repeat((size as usize).saturating_sub(100));
    let text = format!("{operation}.{i}{padding}");
    let removes = len > 0 && drawn.is_multiple_of(4);
    let what = match known.spec.kind {
        Some(Kind::Map) | None if drawn.is_multiple_of(8) => What::Delete { key: format!("k{}", index(8)) },
        Some(Kind::Map) | None => What::Set { key: format!("k{}", index(8)), value: text.into(), fww: None },
        Some(Kind::Stream) => What::Push { value: text.into() },
        Some(Kind::List) if removes => What::Remove { index: index(len), count: 1 },
        Some(Kind::List) => What::Insert { index: index(len + 1), values: vec![text.into()] },
        Some(Kind::Text) if removes => What::Splice { index: index(len), delete: 1, insert: String::new() },
        Some(Kind::Text) => {
            let letter = char::from(b'a' + (drawn >> 40).to_le_bytes()[0] % 26);
            // Each takes some eighty bytes, so that a thousand are as large as any write is meant to be.
            let letters = (1 + size.saturating_sub(100) as usize).min(1_000);
            let insert = std::iter::repeat_n(letter, letters).collect();
            What::Splice { index: index(len + 1), delete: 0, insert }
        }
        Some(Kind::Group) => {
            // Of others: a group that its admin has left is nobody's.
            let agents = directory.agents().map(|(node, _)| node).filter(|node| *node != me);
            let agents: Vec<NodeId> = agents.collect();
            let member = agents.get(index(agents.len() as u64) as usize).copied();
            let todays = [MemberRole::Reader, MemberRole::Writer, MemberRole::Manager, MemberRole::WriteOnly];
            let known = todays.iter().filter(|role| role.is_known(directory.dialect_of(me)));
            let role: Vec<MemberRole> = known.copied().collect();
            match drawn % (1 + role.len() as u64) {
                0 => What::RemoveMember { member },
                more => What::AddMember { member, role: role[(more - 1) as usize] },
            }
        }
    };
    Some(Change { what, private: known.spec.private })
}
