//! Who may do what in a group, by its log: the rules of `Groups` in docs/views.md once more, without the code by which
//! apps see. A reference that is written as the thing it judges has the same mistakes.
//!
//! Of parents it is told who may do what in them. It does not know accounts, nor groups that are parents of each
//! other in a circle of which none is the one that is asked. Where there is one of those it says so, and is asked nothing.

mod parents;

use cosim_core::SessionId;
use cosim_core::real::{Privacy, Transaction};
use cosim_core::view::Dialect;
pub(super) use parents::Above;
use parents::Word;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The member that stands for all who are not named.
const EVERYONE: &str = "everyone";

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Revoked,
    Reader,
    Writer,
    Admin,
    /// By today's rules: an admin, but for what concerns admins.
    Manager,
    /// By today's rules: a writer that reads only what it writes, with a key of its own.
    WriteOnly,
    /// A secret: who has it gives this role, and no other.
    Invite(Given),
}

/// What an invite makes of who accepts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    Reader,
    Writer,
    Admin,
    Manager,
    WriteOnly,
}

impl Given {
    fn role(self) -> Role {
        match self {
            Given::Reader => Role::Reader,
            Given::Writer => Role::Writer,
            Given::Admin => Role::Admin,
            Given::Manager => Role::Manager,
            Given::WriteOnly => Role::WriteOnly,
        }
    }
}

impl Role {
    pub(super) fn can_write(self) -> bool {
        !matches!(self, Role::Revoked | Role::Reader | Role::Invite(_))
    }

    fn can_read(self) -> bool {
        !matches!(self, Role::Revoked | Role::WriteOnly | Role::Invite(Given::WriteOnly))
    }

    fn manages(self) -> bool {
        matches!(self, Role::Admin | Role::Manager)
    }
}

/// A transaction of a group's log.
#[derive(Clone, Copy, Debug)]
pub(super) struct Logged<'a> {
    /// Milliseconds, by the author's clock.
    pub(super) made_at: u64,
    /// CoJSON's name of the session.
    pub(super) name: &'a str,
    pub(super) session: SessionId,
    pub(super) index: u32,
    pub(super) said: &'a Transaction,
    /// Whether its author may have written nonsense.
    pub(super) hostile: bool,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Rights {
    /// It has what is not known here.
    beyond: bool,
    /// Its parents.
    above: Above,
    /// Whether today's rules hold, not those of 0.7.
    is_todays: bool,
    /// The key that each member may hand out as its own, as it was named last, whether that counts or not.
    own_keys: BTreeMap<String, String>,
    /// The key that each member writes with who may not read.
    write_keys: BTreeMap<String, String>,
    /// What each member was from when on, in the total order.
    roles: BTreeMap<String, Vec<(Moment, Role)>>,
    /// The transactions of the group that count.
    counts: BTreeSet<(SessionId, u32)>,
    /// The keys that each member was handed.
    handed: BTreeMap<String, BTreeSet<String>>,
    /// The keys that were locked with each key.
    locked: BTreeMap<String, BTreeSet<String>>,
    /// Keys of which a hostile admin may have handed out something else.
    doubtful: BTreeSet<String>,
    /// The read keys that the group had, in the total order.
    read_keys: Vec<(Moment, String)>,
    /// Whether a hostile admin had a say in it.
    tainted: bool,
}

/// What is wrong with who can open a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit<'a> {
    /// Somebody can who may not read.
    Open(&'a str),
    /// Somebody cannot who may read.
    Closed(&'a str),
}

impl Rights {
    /// By the whole log of a group with this header.
    pub(super) fn new(header: &Value, mut log: Vec<Logged<'_>>, dialect: Dialect, above: Above) -> Rights {
        let is_todays = dialect == Dialect::V0_20;
        let ruleset = header.get("ruleset");
        let initial_admin = ruleset.and_then(|ruleset| ruleset.get("initialAdmin")).and_then(Value::as_str);
        let meta = header.get("meta").filter(|meta| !meta.is_null());
        // Today a group may have a name.
        let is_account = meta.is_some_and(|meta| !is_todays || meta.get("type").is_some());
        let Some(initial_admin) = initial_admin.filter(|_| !is_account) else {
            return Rights { beyond: true, ..Rights::default() };
        };
        log.sort_by_cached_key(in_total_order);
        let founds = |logged: &&Logged<'_>| {
            logged.author() == initial_admin
                && set(logged.said).is_some_and(|(key, value)| key == initial_admin && value == "admin")
        };
        if let Some(founding) = log.iter().find(founds).map(|logged| logged.session) {
            log.sort_by_key(|logged| (logged.made_at, logged.session != founding));
        }
        let mut rights = Rights { is_todays, above, ..Rights::default() };
        for logged in &log {
            if rights.judge(logged, initial_admin) {
                rights.tainted |= logged.hostile;
                rights.counts.insert((logged.session, logged.index));
            }
        }
        // What counts was decided with the founding session first; what somebody is, as everywhere, in the total order.
        for history in rights.roles.values_mut() {
            history.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        rights.above.sort();
        rights.read_keys.sort();
        rights
    }

    /// Whether the group has nothing that is not known here.
    pub fn are_known(&self) -> bool {
        !self.beyond && self.above.are_known()
    }

    /// Whether the group has parents, whose keys and members are its own.
    pub(super) fn has_parents(&self) -> bool {
        self.above.has_any()
    }

    /// Whether a transaction of the group itself counts.
    pub fn counts(&self, session: SessionId, index: u32) -> bool {
        self.counts.contains(&(session, index))
    }

    /// Whether `author` might write, at a time, to what the group owns.
    pub fn may_write(&self, author: &str, made_at: u64) -> bool {
        self.role(author, made_at).is_some_and(Role::can_write)
    }

    /// Whether `author` was an admin at a time.
    pub(super) fn was_admin(&self, author: &str, made_at: u64) -> bool {
        self.role(author, made_at) == Some(Role::Admin)
    }

    /// Whether `author` managed the group at a time.
    pub(super) fn managed(&self, author: &str, made_at: u64) -> bool {
        self.role(author, made_at).is_some_and(Role::manages)
    }

    /// The ids of the keys that `reader` can open.
    pub fn opens<'a>(&'a self, reader: &str) -> BTreeSet<&'a str> {
        let lineage = self.lineage();
        let to_reader = |rights: &&'a Rights| {
            [reader, EVERYONE].into_iter().filter_map(|member| rights.handed.get(member)).flatten()
        };
        let mut todo: Vec<&str> = lineage.iter().flat_map(to_reader).map(String::as_str).collect();
        let mut open = BTreeSet::new();
        while let Some(key) = todo.pop() {
            if open.insert(key) {
                let locked = lineage.iter().filter_map(|rights| rights.locked.get(key)).flatten();
                todo.extend(locked.map(String::as_str));
                todo.extend(parents::sealed_with(&lineage, key));
            }
        }
        open
    }

    /// Whether it is not sure what somebody who was handed this key has got.
    pub fn doubts(&self, key: &str) -> bool {
        self.lineage().iter().any(|rights| rights.doubtful.contains(key))
    }

    /// Whether every admin was honest whose word counts here.
    pub(super) fn are_honest(&self) -> bool {
        !self.tainted && self.above.are_honest()
    }

    /// Whether the same transactions count in both, those of a session from an index on aside: one change can decide
    /// whether others, which are dated later, count.
    pub(super) fn agree_with(&self, other: &Rights, but_from: (SessionId, u32)) -> bool {
        let differ = self.counts.symmetric_difference(&other.counts);
        differ.into_iter().all(|(session, index)| *session == but_from.0 && *index >= but_from.1)
    }

    /// The present read key.
    pub(super) fn read_key(&self) -> Option<&str> {
        self.read_keys.last().map(|(_, key)| key.as_str())
    }

    /// Whether `member` is an admin in the end.
    pub(super) fn is_admin(&self, member: &str) -> bool {
        self.role(member, u64::MAX) == Some(Role::Admin)
    }

    /// Whether `member` has no other key to write with than this one.
    pub(super) fn has_only(&self, member: &str, key: &str) -> bool {
        // Who is nobody any more may still have one.
        let own = match self.role(member, u64::MAX) {
            Some(Role::WriteOnly) | None => self.write_keys.get(member).map(String::as_str),
            Some(_) => None,
        };
        own.or(self.read_key()) == Some(key)
    }

    /// Whether `member` may hand out keys in the end.
    pub(super) fn manages(&self, member: &str) -> bool {
        self.role(member, u64::MAX).is_some_and(Role::manages)
    }

    /// What is wrong with who can open a key, if all who may read in the end should be able to, by what they are here or in a
    /// parent, and nobody else.
    pub(super) fn unfit(&self, key: &str) -> Option<Unfit<'_>> {
        let may_read = |member: &str| self.role(member, u64::MAX).is_some_and(Role::can_read);
        let met =
            self.lineage().into_iter().flat_map(|rights| rights.roles.keys().chain(rights.handed.keys()));
        let met: BTreeSet<&str> = met.map(String::as_str).collect();
        let everyone_reads = may_read(EVERYONE);
        met.into_iter().find_map(|member| match (may_read(member), self.opens(member).contains(key)) {
            (true, false) => Some(Unfit::Closed(member)),
            // What everyone may know is no secret to anybody.
            (false, true) if !everyone_reads && !self.reads_above(member) => Some(Unfit::Open(member)),
            _ => None,
        })
    }

    /// Whether `member` has the keys of a parent, as a reader or an invite there, and so those of the group whatever it may do
    /// here.
    fn reads_above(&self, member: &str) -> bool {
        let reads = |parent: &Rights| {
            parent.role(member, u64::MAX).is_some_and(Role::can_read) || parent.reads_above(member)
        };
        self.above.present().into_iter().any(reads)
    }

    /// Whether a group of which it is a child is one of its children: what it hands on there depends on which was first.
    pub(super) fn is_in_circle(&self) -> bool {
        self.lineage().iter().any(|rights| rights.above.is_round())
    }

    /// Whether every parent has a key that all who may read there can open and nobody else, which `author` can open or which
    /// something can be sealed for: so who makes a key here can hand it to them, and to nobody else.
    pub(super) fn may_hand_up(&self, author: &str) -> bool {
        let parents = self.above.present();
        parents.into_iter().all(|parent| {
            let Some(key) = parent.read_key() else { return false };
            let can_reach =
                parent.opens(author).contains(key) || (self.is_todays && parent.above.has_sealer());
            can_reach && parent.unfit(key).is_none() && parent.may_hand_up(author)
        })
    }

    /// Who was taken out of the group, or of a parent, and can open a key, though there was one since that it cannot open.
    pub(super) fn removed_with(&self, key: &str) -> Option<&str> {
        if self.role(EVERYONE, u64::MAX).is_some_and(Role::can_read) {
            return None;
        }
        let lineage = self.lineage();
        let removed = lineage.iter().flat_map(|rights| {
            let members = rights.roles.keys().map(String::as_str);
            members.filter(|member| rights.own_role(member, u64::MAX) == Some(Role::Revoked))
        });
        let is_out = |member: &&str| !self.role(member, u64::MAX).is_some_and(Role::can_read);
        removed.filter(|member| !self.has_parents() || is_out(member)).find(|member| {
            let open = self.opens(member);
            open.contains(key) && self.read_keys.iter().any(|(_, other)| !open.contains(other.as_str()))
        })
    }

    /// What `member` was at a time. Who has no role is one of everyone; who was revoked has one, but not today.
    fn role(&self, member: &str, at: u64) -> Option<Role> {
        let own = self.own_role(member, at).filter(|role| !self.is_todays || *role != Role::Revoked);
        self.above
            .inherited(own, member, at)
            .or_else(|| self.own_role(EVERYONE, at).filter(|role| *role != Role::Revoked))
    }

    /// What a member was made, everyone aside.
    fn own_role(&self, member: &str, at: u64) -> Option<Role> {
        let roles = self.roles.get(member)?;
        roles.iter().rev().find(|((from, _, _), _)| *from <= at).map(|(_, role)| *role)
    }

    /// Takes in what follows in the total order; says whether it counts.
    fn judge(&mut self, logged: &Logged<'_>, initial_admin: &str) -> bool {
        let (author, made_at) = (logged.author(), logged.made_at);
        if self.is_todays && logged.name.ends_with('$') {
            return false;
        }
        let role = self.role(author, made_at);
        let is_admin = role == Some(Role::Admin);
        let manages = role.is_some_and(Role::manages);
        if logged.said.is_private() {
            return is_admin && !self.is_todays;
        }
        let Some((key, value)) = set(logged.said) else { return false };
        if let Some(parent) = key.strip_prefix("parent_").filter(|parent| parent.starts_with("co_")) {
            let word = Word::parse(&value, self.is_todays).filter(|_| manages);
            return self.above.says(parent, in_total_order(logged), word);
        }
        if let Some((id, sealer)) = key.split_once("_sealedFor_").filter(|_| self.is_todays) {
            let is_own = self.own_keys.get(author).is_some_and(|own| own == id);
            let may = manages || is_own || matches!(role, Some(Role::Invite(_)));
            let counts = id.starts_with("key_") && sealer.starts_with("sealer") && may;
            return counts && self.above.seals(id, sealer);
        }
        if let Some((id, member)) = revelation(&key) {
            let is_own = self.own_keys.get(author).is_some_and(|own| own == id);
            let invites = matches!(role, Some(Role::Invite(_)));
            if manages || invites || is_own {
                let keys = if member.starts_with("key_") { &mut self.locked } else { &mut self.handed };
                keys.entry(member.to_owned()).or_default().insert(id.to_owned());
                if logged.hostile {
                    self.doubtful.insert(id.to_owned());
                }
            }
            return manages || invites || is_own;
        }
        if key == "readKey" || key == "profile" || (self.is_todays && (key == "root" || key == "groupSealer"))
        {
            if manages && key == "readKey" {
                self.read_keys.push((in_total_order(logged), value));
            } else if manages && key == "groupSealer" {
                self.above.names_sealer(&value);
            }
            return manages;
        }
        if self.is_todays {
            if let Some(member) = key.strip_prefix("writeKeyFor_") {
                let may_name = role == Some(Role::Invite(Given::WriteOnly));
                return self.name_own_key(member, value, (author, manages, may_name));
            }
            if key.starts_with("child_") {
                return false;
            }
        }
        let given = match value.as_str() {
            "revoked" => Role::Revoked,
            "reader" => Role::Reader,
            "writer" => Role::Writer,
            "admin" => Role::Admin,
            "manager" if self.is_todays => Role::Manager,
            "writeOnly" if self.is_todays => Role::WriteOnly,
            "readerInvite" => Role::Invite(Given::Reader),
            "writerInvite" => Role::Invite(Given::Writer),
            "adminInvite" => Role::Invite(Given::Admin),
            "managerInvite" if self.is_todays => Role::Invite(Given::Manager),
            "writeOnlyInvite" if self.is_todays => Role::Invite(Given::WriteOnly),
            _ => return false,
        };
        let is_first = !self.roles.contains_key(&key);
        let founds = author == initial_admin && key == initial_admin && given == Role::Admin && is_first;
        let takes_from_admin =
            given != Role::Admin && key != author && self.role(&key, made_at) == Some(Role::Admin);
        let is_role_of_everyone = key != EVERYONE || !(given.manages() || matches!(given, Role::Invite(_)));
        let is_for_admins = matches!(given, Role::Admin | Role::Invite(Given::Admin | Given::Manager));
        let by_invite = matches!(role, Some(Role::Invite(gives)) if gives.role() == given);
        let as_manager = manages && !is_for_admins && self.role(&key, made_at) != Some(Role::Admin);
        let leaves = self.is_todays && key == author && given == Role::Revoked;
        let may_give = (is_admin && !takes_from_admin) || as_manager || by_invite;
        let may = founds || leaves || (may_give && is_role_of_everyone);
        if may {
            self.roles.entry(key).or_default().push((in_total_order(logged), given));
        }
        may
    }

    /// A member gets a key to write with, from who manages the group or from itself; says whether that counts. It may then
    /// hand it out, even where somebody had named one before and it does not.
    fn name_own_key(
        &mut self,
        member: &str,
        key: String,
        (author, manages, may_name): (&str, bool, bool),
    ) -> bool {
        if !manages && !may_name && member != author {
            return false;
        }
        self.own_keys.insert(member.to_owned(), key.clone());
        let counts = manages || !self.write_keys.contains_key(member);
        if counts {
            self.write_keys.insert(member.to_owned(), key);
        }
        counts
    }
}

/// By what transactions are put in the total order: when they were made, the name of the session, and the index.
type Moment = (u64, Vec<u16>, u32);

fn in_total_order(logged: &Logged<'_>) -> Moment {
    (logged.made_at, logged.name.encode_utf16().collect(), logged.index)
}

impl Logged<'_> {
    fn author(&self) -> &str {
        author(self.name)
    }
}

/// Whose session it is that CoJSON gives this name.
pub(super) fn author(session: &str) -> &str {
    session.rsplit_once("_session_").map_or(session, |(author, _)| author)
}

/// The id of the key that a transaction was encrypted with, and what that came to.
pub(super) fn encrypted(said: &Transaction) -> Option<(&str, &str)> {
    match &said.privacy {
        Privacy::Private { key_used, encrypted_changes } => Some((key_used, encrypted_changes)),
        Privacy::Trusting { .. } => None,
    }
}

/// What a transaction sets that says one thing: the key, and a text as its value.
pub(super) fn set(said: &Transaction) -> Option<(String, String)> {
    let Privacy::Trusting { changes } = &said.privacy else { return None };
    let changes: Value = serde_json::from_str(changes).ok()?;
    let [change] = changes.as_array()?.as_slice() else { return None };
    let text = |member: &str| change.get(member).and_then(Value::as_str).map(str::to_owned);
    if text("op")? != "set" {
        return None;
    }
    Some((text("key")?, text("value").unwrap_or_default()))
}

/// `KEY_for_MEMBER`, `KEY_for_everyone` and `KEY_for_KEY`: which key is handed to whom, or locked with which.
fn revelation(key: &str) -> Option<(&str, &str)> {
    let (id, member) = key.split_once("_for_")?;
    let is_one = member == EVERYONE || ["key", "sealer", "co"].iter().any(|kind| member.starts_with(kind));
    (id.starts_with("key_") && is_one).then_some((id, member))
}
