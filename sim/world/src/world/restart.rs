//! How a node's process ends, and how the next one starts: in order, in the middle of its work, without its disk, or with
//! an old copy in its place.

use super::{Presence, Trap, World};
use crate::decision::Decide;
use crate::disk::Disk;
use crate::host::{Backup, DiskSpec, Input, NodeId, Origin, Point, SimNode, Storage};
use crate::queue::Queued;
use crate::world::observer::{Ending, Happening, Observer, Skipped};
use cosim_base::{Span, Time};

impl<N: SimNode, O: Observer<N>, D: Decide<N>> World<N, O, D> {
    /// Gives a node a disk, empty at first.
    pub fn add_disk(&mut self, node: NodeId, spec: DiskSpec) {
        self.nodes[node.index()].disk = Some(Disk::new(spec, self.seed));
    }

    /// A node's process ends for a while.
    pub(super) fn go_down(
        &mut self,
        node: NodeId,
        down_for: Span,
        number: u32,
        ending: Ending,
    ) -> Option<Skipped<N>> {
        let refused = self.refuses(node);
        if refused.is_none() {
            self.stop(node, number, ending);
            self.come_back_after(down_for, node, number);
        }
        refused
    }

    /// A node's process is to end at a point of its work.
    pub(super) fn set_trap(&mut self, node: NodeId, trap: Trap) -> Option<Skipped<N>> {
        let refused = self.refuses(node);
        if refused.is_none() {
            self.nodes[node.index()].trap = Some(trap);
        }
        refused
    }

    /// Whether a node's process was to end at this point of its work; then it does.
    pub(super) fn springs(&mut self, node: NodeId, point: Point) -> bool {
        let host = &mut self.nodes[node.index()];
        let Some(trap) = host.trap.take_if(|trap| trap.point == point) else { return false };
        while host.node.poll_output().is_some() {}
        self.go_down(node, trap.down_for, trap.operation, Ending::Crash).is_none()
    }

    /// A node's process ends. Its peers notice that their connections have closed; it notices nothing.
    pub(super) fn stop(&mut self, node: NodeId, number: u32, ending: Ending) {
        self.observe(&Happening::Down { node, ending });
        let host = &mut self.nodes[node.index()];
        (host.up, host.timer, host.trap, host.ending) = (false, None, None, ending);
        match (ending, &mut host.disk) {
            (Ending::Restart, Some(disk)) => disk.flush(),
            (Ending::Crash, Some(_)) => self.crash_disk(node, number),
            (Ending::Wipe | Ending::Restore(_) | Ending::Leave, Some(disk)) => disk.abandon(),
            (_, None) => {}
        }
        self.end_sleep(node);
        self.close_links(node, number);
    }

    /// A node's process starts anew, and its links open again.
    pub(super) fn come_up(&mut self, at: Time, queued: Queued, node: NodeId) {
        let host = &self.nodes[node.index()];
        if host.presence == Presence::Gone {
            return;
        }
        let ending = host.ending;
        let restored = if let Ending::Restore(backup) = ending { Some(backup) } else { None };
        let copy = restored.and_then(|backup| self.backup(backup)).map(<[u8]>::to_vec).unwrap_or_default();
        let host = &mut self.nodes[node.index()];
        host.up = true;
        match (ending, &mut host.disk) {
            (Ending::Restore(_), Some(disk)) => disk.replace(copy),
            (Ending::Wipe, Some(disk)) => disk.clear(),
            _ => {}
        }
        let disk = host.disk.as_ref().map(|disk| disk.bytes().to_vec());
        self.begin(at, queued.order);
        self.observe(&Happening::Up { node });
        self.fingerprint.fold(u64::from(queued.slot), ending.code());
        let input = match (ending, &disk) {
            (Ending::Wipe, _) => Input::Restart(Storage::Lost),
            (_, None) => Input::Restart(Storage::Kept),
            (Ending::Restore(Backup { of, .. }), Some(disk)) => {
                Input::Recover { disk, origin: Origin::Copied(of) }
            }
            (Ending::Crash, Some(disk)) => Input::Recover { disk, origin: Origin::Crashed },
            (Ending::Restart | Ending::Leave, Some(disk)) => Input::Recover { disk, origin: Origin::Ended },
        };
        // A node refuses commands only.
        let _ = self.handle(node, input, None);
        self.open_links(node, queued.slot);
    }

    /// A copy of a node's disk is taken.
    pub(super) fn back_up(&mut self, node: NodeId, backup: u32) -> Option<Skipped<N>> {
        if let Some(why) = self.refuses(node) {
            return Some(why);
        }
        let Some(disk) = &mut self.nodes[node.index()].disk else { return Some(Skipped::NoDisk) };
        disk.back_up(backup);
        None
    }

    /// What a copy has of a disk; `None` where it was never taken.
    fn backup(&self, backup: Backup) -> Option<&[u8]> {
        self.nodes[backup.of.index()].disk.as_ref()?.backup(backup.number)
    }

    /// A node's process ends, and the next one starts from a copy of its disk, or of another's.
    pub(super) fn restore(
        &mut self,
        node: NodeId,
        down_for: Span,
        backup: Backup,
        number: u32,
    ) -> Option<Skipped<N>> {
        match (&self.nodes[node.index()].disk, self.backup(backup)) {
            (None, _) => Some(Skipped::NoDisk),
            (Some(_), None) => Some(Skipped::NoBackup),
            (Some(_), Some(_)) => self.go_down(node, down_for, number, Ending::Restore(backup)),
        }
    }
}
