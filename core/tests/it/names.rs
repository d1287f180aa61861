//! The name table gives ids in order, keeps them, and knows the one name that no peer may have.

use cosim_core::{CoId, NameError, NameTable, Names, PeerId, SessionId};

#[test]
fn a_name_keeps_its_id_and_each_kind_counts_for_itself() {
    let mut names = NameTable::new();
    assert_eq!(names.intern_co_value("notes"), Ok(CoId(0)));
    assert_eq!(names.intern_co_value("tasks"), Ok(CoId(1)));
    assert_eq!(names.intern_co_value("notes"), Ok(CoId(0)));
    assert_eq!(names.intern_session("notes"), Ok(SessionId(0)));
    assert_eq!(names.intern_peer("notes"), Ok(PeerId(0)));
    assert_eq!(names.find_co_value("tasks"), Some(CoId(1)));
    assert_eq!(names.find_session("tasks"), None);
    assert_eq!(names.find_peer("tasks"), None);
    assert_eq!(names.co_value(CoId(1)), "tasks");
    assert_eq!(names.session(SessionId(0)), "notes");
    assert_eq!(names.peer(PeerId(0)), "notes");
}

#[test]
fn an_id_without_name_prints_as_its_kind_and_number() {
    let names = NameTable::new();
    assert_eq!(names.co_value(CoId(7)), "co7");
    assert_eq!(names.session(SessionId(3)), "session3");
    assert_eq!(names.peer(PeerId(1)), "peer1");
}

#[test]
fn no_peer_is_called_local() {
    let mut names = NameTable::new();
    assert_eq!(names.intern_peer("local"), Err(NameError::LocalPeer));
    assert_eq!(names.find_peer("local"), None);
    assert_eq!(names.intern_co_value("local"), Ok(CoId(0)));
}
