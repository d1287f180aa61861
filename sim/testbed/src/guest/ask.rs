//! What a guest's app is asked for: the commands of a run as operations of the protocol.

use super::registry::Registry;
use super::shared::Shared;
use crate::cojson::made_up::made_up;
use crate::cojson::{Ask, Change, Command, Directory, Edit, Kind, What, Writes};
use crate::host::NodeId;
use cosim_core::CoId;
use serde_json::{Map, Value, json};

/// The operations that a command stands for, where the guest speaks CoJSON. None where no guest can do it: to lie; nor where
/// it is in the guest's own words, for which see [`in_its_words`].
pub(super) fn of_cojson(
    me: NodeId,
    command: &Command,
    directory: &Directory,
    registry: &Registry,
) -> Option<Vec<Value>> {
    let subject = registry.name(command.id());
    Some(match command {
        Command::Create { id, .. } => {
            let known = directory.co_value(*id)?;
            let header = known.header.as_ref().map(|header| header.as_json().clone());
            let kind = known.spec.kind.map_or("map", crate::scenario::Kind::name);
            vec![json!({ "op": "create", "subject": subject, "header": header, "kind": kind })]
        }
        Command::Load { .. } => vec![json!({ "op": "load", "subject": subject })],
        Command::Done { .. } => vec![json!({ "op": "done", "subject": subject })],
        Command::Attack(_) | Command::Ask(_) => return None,
        Command::Edit(Edit { id, writes: Writes::Bulk { transactions, size }, operation })
            if directory.kind(*id).is_some() =>
        {
            let is_group = directory.kind(*id) == Some(Kind::Group);
            let count = if is_group { (*transactions).min(1) } else { *transactions };
            let changes =
                (0..count).filter_map(|i| made_up(directory, me, (*id, LEN), (*operation, i), *size));
            changes.map(|change| of_cojson_change(&change, &subject, directory, registry)).collect()
        }
        Command::Edit(Edit { writes: Writes::Bulk { transactions, size }, operation, .. }) => {
            let value = "x".repeat(*size as usize);
            let set = |i| {
                let key = format!("{operation}.{i}");
                json!({ "op": "set", "subject": subject, "key": key, "value": value, "private": false })
            };
            (0..*transactions).map(set).collect()
        }
        Command::Edit(Edit { writes: Writes::Change(change), .. }) => {
            vec![of_cojson_change(change, &subject, directory, registry)]
        }
    })
}

/// How many items a list is taken to have whose guest is not asked: a place behind its end means the end.
const LEN: usize = 8;

fn of_cojson_change(change: &Change, subject: &str, directory: &Directory, registry: &Registry) -> Value {
    let mut operation = of_change(&change.what, |member| name_of(directory, member), |id| registry.name(id));
    operation["subject"] = subject.into();
    operation["private"] = change.private.into();
    operation
}

/// An operation in the guest's own words, with what it calls things that the scenario names, and what other operations
/// have made. Its token is its name.
///
/// # Errors
/// Which operation has made nothing so far, in words.
pub(super) fn in_its_words(
    ask: &Ask,
    directory: &Directory,
    shared: &Shared,
    speaks_cojson: bool,
) -> Result<Value, String> {
    let with = |value: &Value| match value.as_str().and_then(|text| text.strip_prefix('@')) {
        Some(name) if speaks_cojson => Value::from(named(name, directory, &shared.registry)),
        Some(name) => Value::from(name),
        None => value.clone(),
    };
    let mut members: Map<String, Value> =
        ask.with.iter().map(|(name, value)| (name.clone(), with(value))).collect();
    members.insert("op".to_owned(), ask.op.as_str().into());
    members.insert("subject".to_owned(), shared.registry.name(ask.id).into());
    members.insert("token".to_owned(), shared.token(ask.operation).into());
    for (member, operation) in &ask.given {
        let made = shared.operation(operation).and_then(|operation| shared.registry.made(operation));
        let made = made.ok_or_else(|| format!("{operation} has made nothing that could be told"))?;
        members.insert(member.clone(), made.into());
    }
    Ok(Value::Object(members))
}

/// What a guest that speaks CoJSON calls a CoValue or a member.
fn named(name: &str, directory: &Directory, registry: &Registry) -> String {
    if let Some(id) = directory.named(name) {
        return registry.name(id);
    }
    let member = directory.agents().find(|(node, _)| directory.name(*node) == name);
    member.map_or_else(|| name.to_owned(), |(_, agent)| agent.name.clone())
}

/// The operations that a command stands for, where the guest speaks something else. What writes has a token: the name of
/// its operation.
pub(super) fn of_other(command: &Command, directory: &Directory, shared: &Shared) -> Option<Vec<Value>> {
    let subject = directory.co_value(command.id()).map(|known| known.spec.name.clone())?;
    let token = |operation: &u32| shared.token(*operation);
    Some(match command {
        Command::Create { .. } => vec![json!({ "op": "create", "subject": subject })],
        Command::Load { .. } => vec![json!({ "op": "load", "subject": subject })],
        Command::Done { .. } => vec![json!({ "op": "done", "subject": subject })],
        Command::Attack(_) | Command::Ask(_) => return None,
        Command::Edit(Edit { writes: Writes::Bulk { .. }, operation, .. }) => {
            let token = token(operation);
            vec![json!({ "op": "write", "subject": subject, "token": token, "value": token })]
        }
        Command::Edit(Edit { writes: Writes::Change(change), operation, .. }) => {
            let named = |id| directory.co_value(id).map(|known| known.spec.name.clone()).unwrap_or_default();
            let mut asked = of_change(&change.what, |member| directory.name(member).to_owned(), named);
            asked["subject"] = subject.into();
            asked["token"] = token(operation).into();
            vec![asked]
        }
    })
}

fn of_change(what: &What, name: impl Fn(NodeId) -> String, group: impl Fn(CoId) -> String) -> Value {
    let member = |member: &Option<NodeId>| member.map_or_else(|| "everyone".to_owned(), &name);
    match what {
        What::Set { key, value, .. } => json!({ "op": "set", "key": key, "value": value }),
        What::Delete { key } => json!({ "op": "delete", "key": key }),
        What::Insert { index, values } => json!({ "op": "insert", "index": index, "values": values }),
        What::Remove { index, count } => json!({ "op": "remove", "index": index, "count": count }),
        What::Push { value } => json!({ "op": "push", "value": value }),
        What::Splice { index, delete, insert } => {
            json!({ "op": "splice", "index": index, "delete": delete, "insert": insert })
        }
        What::AddMember { member: who, role } => {
            json!({ "op": "add_member", "member": member(who), "role": role.name() })
        }
        What::Extend { parent, role } => {
            let mut asked = json!({ "op": "extend", "parent": group(*parent) });
            if let Some(role) = role {
                asked["role"] = role.name().into();
            }
            asked
        }
        What::Invite { role, .. } => json!({ "op": "invite", "role": role.name() }),
        What::Accept { secret } => json!({ "op": "accept", "secret": secret }),
        // Our own nodes are asked alone.
        What::Merge { branch } => json!({ "op": "merge", "branch": group(*branch) }),
        What::DeleteValue => json!({ "op": "delete_value" }),
        What::RevokeExtend { parent } => json!({ "op": "revoke_extend", "parent": group(*parent) }),
        What::RemoveMember { member: who } => json!({ "op": "remove_member", "member": member(who) }),
    }
}

/// The id of the agent that a node's app is.
fn name_of(directory: &Directory, node: NodeId) -> String {
    directory.agent_of(node).map(|agent| agent.name.clone()).unwrap_or_default()
}
