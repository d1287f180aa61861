//! The table of kinds: for each its field in a file, and all that there is to know of it. The field, the schema, what
//! swarms take, the plans, what is declared and the table in the documents come from it.

use super::making::{Times, kinds};
use super::row::{Family, HappensTo, Needs, Row, Swarm, Touch, Width, Words};
use super::{attacks, clocks, disks, filters, lives, quarrels};
use crate::scenario::Act;
use crate::scenario::file::{Duration, Flapping, ReorderWrites, Rot, Spells};
use cosim_core::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

kinds! {
    /// A link is disconnected and connected again.
    Reconnects {
        /// How many times a link is disconnected and connected again. Default 0.
        reconnects: u32;
        name: "reconnect",
        called: ["disconnect", "disconnects"],
        happens_to: HappensTo::Links,
        stream: "reconnects",
        drawn: "link, time, length",
        words: Words::Each(3),
        swarm: Swarm { usual: 3, extreme: 12, needs: Needs::Links },
        touch: Touch::Parted,
        family: Family::Links,
        width: Width::Pair,
        draw: quarrels::reconnect,
        is: |act| matches!(act, Act::Disconnect(_)),
    }
    /// A link swallows messages for a while.
    Partitions {
        /// How many times a link is partitioned, one way or both, and healed. Default 0.
        partitions: u32;
        name: "partition",
        called: ["partition", "partitions"],
        happens_to: HappensTo::Links,
        stream: "partitions",
        drawn: "link, time, length, direction",
        words: Words::Each(4),
        swarm: Swarm { usual: 3, extreme: 12, needs: Needs::Lossy },
        touch: Touch::Swallowed,
        family: Family::Links,
        width: Width::Pair,
        draw: quarrels::partition,
        is: |act| matches!(act, Act::Partition(_)),
    }
    /// A link is disconnected and connected several times within milliseconds.
    ReconnectBursts {
        /// How many times a link is disconnected and connected again two to five times within milliseconds. Default 0.
        reconnect_bursts: u32;
        name: "reconnect-burst",
        called: ["reconnect burst", "reconnect bursts"],
        happens_to: HappensTo::Links,
        stream: "reconnect-bursts",
        drawn: "link, time, length (not used), count, five pairs of gaps",
        words: Words::Each(9),
        swarm: Swarm { usual: 2, extreme: 6, needs: Needs::Links },
        touch: Touch::Parted,
        family: Family::Links,
        width: Width::Pairs(quarrels::CYCLES_MAX),
        draw: quarrels::reconnect_burst,
        is: |act| matches!(act, Act::Disconnect(_)),
    }
    /// One end only notices that a connection is over.
    HalfOpens {
        /// How many times a connection ends but only one end notices, until the link connects again. Default 0.
        half_opens: u32;
        name: "half-open",
        called: ["half-open connection", "half-open connections"],
        happens_to: HappensTo::Links,
        stream: "half-opens",
        drawn: "link, time, length, end",
        words: Words::Each(4),
        swarm: Swarm { usual: 2, extreme: 8, needs: Needs::Links },
        touch: Touch::Parted,
        family: Family::Links,
        width: Width::Pair,
        draw: quarrels::half_open,
        is: |act| matches!(act, Act::HalfOpen(_)),
    }
    /// A link becomes slow for a while.
    SlowLinks {
        /// How many times a link becomes slower, by up to two seconds, and then fast again. Default 0.
        slow_links: u32;
        name: "slow-link",
        called: ["slow link", "slow links"],
        happens_to: HappensTo::Links,
        stream: "slow-links",
        drawn: "link, time, length, by how much",
        words: Words::Each(4),
        swarm: Swarm { usual: 2, extreme: 8, needs: Needs::Links },
        touch: Touch::Slowed,
        family: Family::Links,
        width: Width::Pair,
        draw: quarrels::slow_link,
        is: |act| matches!(act, Act::Network(change) if change.slow_by > Some(Duration::default())),
    }
    /// Messages are kept back for a while.
    Holds {
        /// How many times messages are kept back for a while: in one direction or both, of one kind or all, about one
        /// CoValue or all. Default 0.
        holds: u32;
        name: "hold",
        called: ["hold", "holds"],
        happens_to: HappensTo::Links,
        stream: "hold",
        drawn: "link, time, length, direction, kind, CoValue",
        words: Words::Each(6),
        swarm: Swarm { usual: 2, extreme: 6, needs: Needs::Lossy },
        touch: Touch::Held,
        family: Family::Links,
        width: Width::Pair,
        draw: filters::hold,
        is: |act| matches!(act, Act::Hold(_)),
    }
    /// Messages are lost for a while.
    Drops {
        /// How many times messages are lost for a while, chosen in the same way as for `holds`. Default 0.
        drops: u32;
        name: "drop",
        called: ["drop", "drops"],
        happens_to: HappensTo::Links,
        stream: "drop",
        drawn: "link, time, length, direction, kind, CoValue",
        words: Words::Each(6),
        swarm: Swarm { usual: 2, extreme: 6, needs: Needs::Lossy },
        touch: Touch::Dropped,
        family: Family::Links,
        width: Width::Pair,
        draw: filters::lose,
        is: |act| matches!(act, Act::Drop(_)),
    }
    /// A node restarts.
    Restarts {
        /// How many times a node restarts from its disk. Default 0.
        restarts: u32;
        name: "restart",
        called: ["restart", "restarts"],
        happens_to: HappensTo::Keepers,
        stream: "restarts",
        drawn: "node, time, length",
        words: Words::Each(3),
        swarm: Swarm { usual: 2, extreme: 8, needs: Needs::Keepers },
        touch: Touch::Talked,
        family: Family::Restarts,
        width: Width::One,
        draw: lives::restart,
        is: |act| matches!(act, Act::Restart(_)),
    }
    /// A node loses its disk.
    Wipes {
        /// How many times a node loses its disk. Default 0.
        wipes: u32;
        name: "wipe",
        called: ["wipe", "wipes"],
        happens_to: HappensTo::Nodes,
        stream: "wipes",
        drawn: "node, time, length",
        words: Words::Each(3),
        swarm: Swarm { usual: 1, extreme: 5, needs: Needs::Always },
        touch: Touch::Talked,
        family: Family::Restarts,
        width: Width::One,
        draw: lives::wipe,
        is: |act| matches!(act, Act::Wipe(_)),
    }
    /// A node sleeps.
    Pauses {
        /// How many times a node sleeps and wakes. Default 0.
        pauses: u32;
        name: "pause",
        called: ["pause", "pauses"],
        happens_to: HappensTo::Nodes,
        stream: "pauses",
        drawn: "node, time, length, connections kept or dropped",
        words: Words::Each(4),
        swarm: Swarm { usual: 2, extreme: 6, needs: Needs::Always },
        touch: Touch::Waited,
        family: Family::Lives,
        width: Width::One,
        draw: lives::pause,
        is: |act| matches!(act, Act::Pause(_)),
    }
    /// A node leaves for good.
    Departures {
        /// How many times a node leaves for good. Default 0.
        departures: u32;
        name: "departure",
        called: ["departure", "departures"],
        happens_to: HappensTo::Nodes,
        stream: "departures",
        drawn: "node, time",
        words: Words::Each(2),
        swarm: Swarm { usual: 1, extreme: 2, needs: Needs::Company },
        touch: Touch::Missed,
        family: Family::Lives,
        width: Width::One,
        draw: lives::depart,
        is: |act| matches!(act, Act::Leave(_)),
    }
    /// A node joins late.
    Joins {
        /// How many nodes join late. Only nodes are taken of which the timeline asks nothing and at which the workload
        /// creates nothing; they do not exist before they join. Default 0.
        joins: u32;
        name: "join",
        called: ["join", "joins"],
        happens_to: HappensTo::Newcomers,
        stream: "joins",
        drawn: "time, a lot for every node, of which the least wins",
        words: Words::EachAndNodes(1),
        swarm: Swarm { usual: 1, extreme: 4, needs: Needs::Newcomers },
        touch: Touch::Talked,
        family: Family::Joins,
        width: Width::OneForTwo,
        draw: lives::join,
        is: |act| matches!(act, Act::Join(_)),
    }
    /// A wall clock jumps.
    ClockJumps {
        /// How many times a wall clock jumps, forwards or back. Default 0.
        clock_jumps: u32;
        name: "clock-jump",
        called: ["clock jump", "clock jumps"],
        happens_to: HappensTo::Nodes,
        stream: "clock_jumps",
        drawn: "node, time, how far",
        words: Words::Each(3),
        swarm: Swarm { usual: 3, extreme: 10, needs: Needs::Always },
        touch: Touch::Dated,
        family: Family::Clocks,
        width: Width::One,
        draw: clocks::jump,
        is: |act| matches!(act, Act::Clock(clock) if clock.jump.is_some()),
    }
    /// A wall clock stands still for a while.
    ClockStops {
        /// How many times a wall clock stands still for a while. Default 0.
        clock_stops: u32;
        name: "clock-stop",
        called: ["clock stop", "clock stops"],
        happens_to: HappensTo::Nodes,
        stream: "clock_stops",
        drawn: "node, time, length",
        words: Words::Each(3),
        swarm: Swarm { usual: 1, extreme: 4, needs: Needs::Always },
        touch: Touch::Dated,
        family: Family::Clocks,
        width: Width::Pair,
        draw: clocks::stop,
        is: |act| matches!(act, Act::Clock(clock) if clock.stop.is_some()),
    }
    /// A wall clock changes its pace.
    ClockDrifts {
        /// How many times a wall clock changes its pace, by up to half, faster or slower. Default 0.
        clock_drifts: u32;
        name: "clock-drift",
        called: ["clock drift", "clock drifts"],
        happens_to: HappensTo::Nodes,
        stream: "clock_drifts",
        drawn: "node, time, pace",
        words: Words::Each(3),
        swarm: Swarm { usual: 2, extreme: 6, needs: Needs::Always },
        touch: Touch::Dated,
        family: Family::Clocks,
        width: Width::OneForTwo,
        draw: clocks::drift,
        is: |act| matches!(act, Act::Clock(clock) if clock.drift.is_some()),
    }
    /// A node is offline for a while.
    Offline {
        /// Times when a node is offline while its app goes on. Default none.
        offline: Spells;
        name: "offline",
        called: ["spell offline", "spells offline"],
        happens_to: HappensTo::Nodes,
        stream: "offline",
        drawn: "node, time, length",
        words: Words::Each(3),
        swarm: Swarm { usual: 2, extreme: 6, needs: Needs::Links },
        touch: Touch::Talked,
        family: Family::Absences,
        width: Width::One,
        draw: lives::offline,
        is: |act| matches!(act, Act::Offline(_)),
    }
    /// Every node is offline again and again.
    Flapping {
        /// Nodes that go offline for a moment again and again, each in a rhythm of its own. Default none.
        flapping: Flapping;
        name: "flap",
        called: ["flap", "flaps"],
        happens_to: HappensTo::Nodes,
        stream: "flapping",
        drawn: "when the first spell begins",
        words: Words::EveryNode(1),
        swarm: Swarm { usual: 3, extreme: 12, needs: Needs::Links },
        touch: Touch::Talked,
        family: Family::Absences,
        width: Width::EveryNode,
        draw: lives::flap,
        is: |act| matches!(act, Act::Offline(_)),
    }
    /// A node crashes.
    Crashes {
        /// How many times a node crashes, at any point of its work. Default 0.
        crashes: u32;
        name: "crash",
        called: ["crash", "crashes"],
        happens_to: HappensTo::Keepers,
        stream: "crash",
        drawn: "node, time, length, point",
        words: Words::Each(4),
        swarm: Swarm { usual: 3, extreme: 12, needs: Needs::Keepers },
        touch: Touch::Crashed,
        family: Family::Disks,
        width: Width::OneForTwo,
        draw: disks::crash,
        is: |act| matches!(act, Act::Crash(_)),
    }
    /// A disk stalls.
    Stalls {
        /// How many times a disk stalls. Default 0.
        stalls: u32;
        name: "stall",
        called: ["stall", "stalls"],
        happens_to: HappensTo::OwnDisks,
        stream: "stall",
        drawn: "node, time, length, a word (not used)",
        words: Words::Each(4),
        swarm: Swarm { usual: 2, extreme: 8, needs: Needs::OwnDisks },
        touch: Touch::Stalled,
        family: Family::Disks,
        width: Width::OneForTwo,
        draw: disks::stall,
        is: |act| matches!(act, Act::Stall(_)),
    }
    /// A disk is full for a while.
    FullDisks {
        /// How many times a disk is full for a while. Default 0.
        full_disks: u32;
        name: "full-disk",
        called: ["full disk", "full disks"],
        happens_to: HappensTo::OwnDisks,
        stream: "full-disk",
        drawn: "node, time, length, a word (not used)",
        words: Words::Each(4),
        swarm: Swarm { usual: 2, extreme: 6, needs: Needs::OwnDisks },
        touch: Touch::Full,
        family: Family::Disks,
        width: Width::Pair,
        draw: disks::full_disk,
        is: |act| matches!(act, Act::DiskFull(_)),
    }
    /// A disk fails to write.
    FailedWrites {
        /// How many times a disk fails one to four writes in a row. Default 0.
        failed_writes: u32;
        name: "failed-write",
        called: ["failed write", "failed writes"],
        happens_to: HappensTo::OwnDisks,
        stream: "failed-write",
        drawn: "node, time, length (not used), how many",
        words: Words::Each(4),
        swarm: Swarm { usual: 3, extreme: 12, needs: Needs::OwnDisks },
        touch: Touch::Failed,
        family: Family::Disks,
        width: Width::OneForTwo,
        draw: disks::failed_write,
        is: |act| matches!(act, Act::FailWrites(_)),
    }
    /// A disk writes out of order.
    ReorderedWrites {
        /// How many times a disk writes nothing for a while, and then its node crashes and finds the newest write without
        /// those before it. Default 0.
        reordered_writes: u32;
        name: "reorder",
        called: ["reordered write", "reordered writes"],
        happens_to: HappensTo::OwnDisks,
        stream: "reordered-write",
        drawn: "node, time, length, a word (not used)",
        words: Words::Each(4),
        swarm: Swarm { usual: 2, extreme: 6, needs: Needs::OwnDisks },
        touch: Touch::Stalled,
        family: Family::Disks,
        width: Width::Pair,
        draw: |draw| disks::before_a_crash(draw, |it| {
            let span = lives::at_least_some(it.length + Span::from_ms(1));
            Act::ReorderWrites(ReorderWrites { node: it.node, span })
        }),
        is: |act| matches!(act, Act::ReorderWrites(_)),
    }
    /// A bit flips on a disk.
    Rots {
        /// How many times a bit flips on a disk whose node crashes later. Default 0.
        rots: u32;
        name: "rot",
        called: ["flipped bit", "flipped bits"],
        happens_to: HappensTo::OwnDisks,
        stream: "rot",
        drawn: "node, time, length, which bit",
        words: Words::Each(4),
        swarm: Swarm { usual: 1, extreme: 4, needs: Needs::OwnDisks },
        touch: Touch::Read,
        family: Family::Disks,
        width: Width::Pair,
        draw: |draw| disks::before_a_crash(draw, |it| {
            let disks::Drawn { node, place, bit, spare_last_copy, .. } = it;
            Act::Rot(Rot { node, place, bit, spare_last_copy })
        }),
        is: |act| matches!(act, Act::Rot(_)),
    }
    /// An old copy is put in the place of a disk.
    Restores {
        /// How many times a disk is copied and later replaced by that copy. Default 0.
        restores: u32;
        name: "restore",
        called: ["restored copy", "restored copies"],
        happens_to: HappensTo::Disks,
        stream: "restore",
        drawn: "node, time, length, a word (not used)",
        words: Words::Each(4),
        swarm: Swarm { usual: 1, extreme: 3, needs: Needs::Disks },
        touch: Touch::Talked,
        family: Family::Disks,
        width: Width::Pair,
        draw: disks::restore,
        is: |act| matches!(act, Act::Restore(_)),
    }
    /// A hostile node attacks.
    Attacks {
        /// How many times a hostile node attacks a peer. Default 0.
        attacks: u32;
        name: "attack",
        called: ["attack", "attacks"],
        happens_to: HappensTo::Hostile,
        stream: "attacks",
        drawn: "time, way, kind, CoValue, two counts",
        words: Words::Each(6),
        swarm: Swarm { usual: 4, extreme: 12, needs: Needs::Liars },
        touch: Touch::Lied,
        family: Family::Attacks,
        width: Width::One,
        draw: attacks::attack,
        is: |act| matches!(act, Act::Attack(_)),
    }
}
