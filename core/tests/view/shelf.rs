//! CoValues in memory, and people who write them.

use cosim_core::real::{AgentId, AgentSecret, Header, Key, KeySecret, MadeAt, Place, Transaction};
use cosim_core::view::edit::group::{Member, ReadKey, Writer};
use cosim_core::view::{CoGroup, CoValue, Dialect, KeyRing, Log, Resolver, Role, View, read_key, view};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is held of each CoValue, by its id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shelf {
    pub(crate) held: BTreeMap<String, Held>,
    /// By whose rules it is looked at.
    pub(crate) dialect: Dialect,
}

/// What is held of a CoValue.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) header: Value,
    pub(crate) sessions: BTreeMap<String, Vec<Transaction>>,
}

/// An agent without account, with one session.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) secret: AgentSecret,
    pub(crate) agent: AgentId,
    pub(crate) id: String,
    pub(crate) session: String,
}

impl Person {
    /// The person of this number, the same every time.
    pub(crate) fn new(number: u8) -> Person {
        let secret = AgentSecret::from_seed(&[number; 32]);
        let agent = secret.id();
        let id = agent.to_string();
        Person { session: format!("{id}_session_z{number}"), secret, agent, id }
    }

    pub(crate) fn member(&self) -> Member<'_> {
        Member { id: &self.id, agent: &self.agent }
    }

    pub(crate) fn keys(&self) -> KeyRing {
        KeyRing::of_agent(self.secret.clone())
    }
}

/// A read key with this number.
#[derive(Clone, Debug)]
pub(crate) struct TestKey {
    pub(crate) id: String,
    pub(crate) secret: KeySecret,
}

impl TestKey {
    pub(crate) fn new(number: u8) -> TestKey {
        TestKey { id: format!("key_z{number}"), secret: KeySecret::from_bytes([number; 32]) }
    }

    pub(crate) fn read_key(&self) -> ReadKey<'_> {
        ReadKey { id: &self.id, secret: &self.secret }
    }
}

impl Resolver for Shelf {
    fn co_value(&self, id: &str) -> Option<CoValue<'_>> {
        let (id, held) = self.held.get_key_value(id)?;
        let sessions = held.sessions.iter().map(|(session, log)| (session.as_str(), log as &dyn Log));
        Some(CoValue { id, header: &held.header, sessions: sessions.collect() })
    }

    fn dialect(&self) -> Dialect {
        self.dialect
    }
}

impl Shelf {
    /// Puts an empty CoValue there and returns its id.
    pub(crate) fn create(&mut self, header: Value) -> String {
        let Value::Object(members) = &header else { panic!("a header is an object") };
        let id = Header::new(members.clone()).id();
        self.held.insert(id.clone(), Held { header, sessions: BTreeMap::new() });
        id
    }

    /// A CoValue of this type that anybody may write.
    pub(crate) fn create_open(&mut self, kind: &str) -> String {
        self.create(json!({"type": kind, "ruleset": {"type": "unsafeAllowAll"}, "meta": null}))
    }

    /// A CoValue of this type that `group` owns.
    pub(crate) fn create_owned(&mut self, kind: &str, group: &str) -> String {
        self.create(json!({"type": kind, "ruleset": {"type": "ownedByGroup", "group": group}, "meta": null}))
    }

    /// A group that `admin` founds at `at`, with `key`.
    pub(crate) fn create_group(&mut self, admin: &Person, at: u64, key: &TestKey) -> String {
        let ruleset = json!({"type": "group", "initialAdmin": admin.id});
        let group = self.create(json!({"type": "comap", "ruleset": ruleset, "meta": null, "uniqueness": at}));
        self.write_group(&group, admin, at, |writer| {
            writer.found(&admin.member(), &key.read_key()).expect("an honest key")
        });
        group
    }

    /// The account of `person`, founded at `at`.
    pub(crate) fn create_account(&mut self, person: &Person, at: u64, key: &TestKey) -> String {
        let account = self.create(Header::account(&person.agent).as_json().clone());
        self.write_group(&account, person, at, |writer| {
            writer.found_account(&person.member(), &key.read_key()).expect("an honest key")
        });
        account
    }

    /// Writes the transactions of a group that `changes` makes.
    pub(crate) fn write_group(
        &mut self,
        group: &str,
        author: &Person,
        at: u64,
        changes: impl FnOnce(Writer<'_>) -> Vec<Value>,
    ) {
        let (session, after) = (&author.session, self.len(group, &author.session));
        for change in
            changes(Writer { group, session, after, sealer: &author.secret.sealer, dialect: self.dialect })
        {
            self.write(group, session, at, &change);
        }
    }

    /// Adds `member` to a group whose key is `key`.
    pub(crate) fn add(
        &mut self,
        group: &str,
        by: &Person,
        at: u64,
        (member, role): (&Person, Role),
        key: &TestKey,
    ) {
        self.write_group(group, by, at, |writer| {
            writer.add_member(&member.member(), role, &key.read_key()).expect("an honest key")
        });
    }

    /// Gives `member` a role, and no key.
    pub(crate) fn appoint(&mut self, group: &str, by: &Person, at: u64, member: &str, role: Role) {
        self.write(group, &by.session, at, &json!([{"op": "set", "key": member, "value": role.as_str()}]));
    }

    /// Writes a trusting transaction.
    pub(crate) fn write(&mut self, id: &str, session: &str, at: u64, changes: &Value) {
        self.push(id, session, Transaction::trusting(MadeAt::from_ms(at), changes));
    }

    /// Writes a private transaction with the present key of the group, as `author` knows it.
    pub(crate) fn write_private(&mut self, id: &str, author: &Person, at: u64, changes: &Value) {
        let co_value = self.co_value(id).expect("it is there");
        let (key, secret) = read_key(&co_value, self, &author.keys()).expect("the author has the key");
        let place = Place::transaction(id, &author.session, self.len(id, &author.session));
        let key = Key { id: &key, secret: &secret };
        self.push(id, &author.session, Transaction::private(MadeAt::from_ms(at), changes, key, &place));
    }

    pub(crate) fn push(&mut self, id: &str, session: &str, transaction: Transaction) {
        let held = self.held.get_mut(id).expect("it is there");
        held.sessions.entry(session.into()).or_default().push(transaction);
    }

    fn len(&self, id: &str, session: &str) -> u32 {
        let log = self.held[id].sessions.get(session).map_or(0, Vec::len);
        u32::try_from(log).expect("few transactions")
    }

    /// What `id` shows to who has `keys`.
    pub(crate) fn view(&self, id: &str, keys: &KeyRing) -> Value {
        view(&self.co_value(id).expect("it is there"), self, keys)
    }

    /// The same, in its own type.
    pub(crate) fn typed(&self, id: &str, keys: &KeyRing) -> View {
        View::new(&self.co_value(id).expect("it is there"), self, keys)
    }

    /// What it shows to a stranger.
    pub(crate) fn public(&self, id: &str) -> Value {
        self.view(id, &KeyRing::empty())
    }

    pub(crate) fn group(&self, id: &str) -> CoGroup {
        match self.typed(id, &KeyRing::empty()) {
            View::Group(group) => group,
            other @ (View::Map(_)
            | View::List(_)
            | View::Text(_)
            | View::Stream(_)
            | View::Deleted
            | View::Unknown) => {
                panic!("{id} is a group, not {other:?}")
            }
        }
    }
}
