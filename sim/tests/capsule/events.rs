//! Every kind of event is written and read back as it was.

use crate::drawn::each_kind;
use cosim_core::Time;
use cosim_testbed::cojson::Cast;
use cosim_testbed::log::{Event, Limit, Log};
use proptest::prelude::*;

/// Where a kind stands in [`each_kind`](crate::drawn::each_kind): without an arm for it, a new kind does not compile.
fn number(event: &Event) -> usize {
    match event {
        Event::Operation { .. } => 0,
        Event::Skipped { .. } => 1,
        Event::Down { .. } => 2,
        Event::Up { .. } => 3,
        Event::Connected(_) => 4,
        Event::Disconnected(_) => 5,
        Event::Closed(_) => 6,
        Event::Asleep { .. } => 7,
        Event::Awake { .. } => 8,
        Event::Offline { .. } => 9,
        Event::Online { .. } => 10,
        Event::Timer { .. } => 11,
        Event::Sent { .. } => 12,
        Event::Delivered { .. } => 13,
        Event::Blocked(_) => 14,
        Event::Writable(_) => 15,
        Event::Disk { .. } => 16,
        Event::Committed { .. } => 17,
        Event::Cut { .. } => 18,
        Event::Recovered { .. } => 19,
        Event::WriteFailed { .. } => 20,
        Event::Uploaded { .. } => 21,
        Event::LoadEnded { .. } => 22,
        Event::Liveness {} => 23,
        Event::State { .. } => 24,
        Event::Looks(_) => 25,
        Event::GuestFailed { .. } => 26,
    }
}

proptest! {
    #[test]
    fn every_kind_comes_back(events in each_kind(), at in 0..u64::from(u32::MAX)) {
        let cast = Cast {
            nodes: vec!["alice".to_owned(), "bob-2".to_owned()],
            co_values: vec!["notes".to_owned(), "to do".to_owned()],
        };
        let mut log = Log::new(cast, Vec::new(), Limit::All);
        for (i, event) in events.into_iter().enumerate() {
            prop_assert_eq!(number(&event), i);
            log.push(at + i as u64, Time::from_us(at), event);
        }
        let lines = |log: &Log| {
            let mut bytes = Vec::new();
            log.write_json_lines(&mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        let written = lines(&log);
        let read = Log::read_json_lines(written.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{written}"));
        prop_assert_eq!(lines(&read.log), written);
        prop_assert_eq!(read.log.to_string(), log.to_string());
    }
}
