//! What an oracle is: something that is told what happens and says whether it looked, and what is wrong.

use super::about::About;
use super::holdings::Stored;
use super::ledger::Taken;
use super::logs::Seen;
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::{Command, Notice, SimCrypto};
use crate::host::NodeId;
use crate::observer::{Condition, Ending};
use cosim_core::{CoId, ConnectionId, Content, Envelope, KnownState, Record};
use std::fmt::Debug;

/// What came of a hook.
#[derive(Clone, Debug)]
pub enum Look {
    /// The oracle does not have this hook: it is not called again.
    Unwatched,
    /// It has looked.
    Looked {
        /// So often. Where there was nothing to look at, not at all.
        times: u64,
        /// What is wrong.
        found: Option<Subject>,
    },
}

impl Look {
    /// There was nothing to look at.
    pub const NONE: Look = Look::Looked { times: 0, found: None };

    /// One look, and what it found.
    pub const fn once(found: Option<Subject>) -> Look {
        Look::Looked { times: 1, found }
    }

    /// So many looks, and what they found.
    pub fn times((times, found): (u64, Option<Subject>)) -> Look {
        Look::Looked { times, found }
    }
}

/// A message between two nodes.
#[derive(Clone, Copy, Debug)]
pub struct Mail<'a> {
    /// Who sent it.
    pub from: NodeId,
    /// To whom.
    pub to: NodeId,
    /// On which connection.
    pub connection: ConnectionId,
    /// What it says.
    pub message: &'a Envelope<SimCrypto>,
    /// Whether it waits before the line when it is sent.
    pub queued: bool,
}

/// How a run came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// The world is silent.
    Silent,
    /// Its time was up, and something still went on.
    Restless,
}

/// What can be copied in a box, so that a run can be copied with those who judge it. Whatever is [`Clone`] can.
pub trait Boxed {
    /// A copy.
    fn boxed(&self) -> Box<dyn Oracle>;
}

impl<O: Oracle + Clone + 'static> Boxed for O {
    fn boxed(&self) -> Box<dyn Oracle> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Oracle> {
    fn clone(&self) -> Self {
        (**self).boxed()
    }
}

/// Judges a run by what it is told. Each hook stands for something that happens; whoever leaves one out is not asked
/// there. Nothing is told before the evidence of it is gathered, unless the hook says so.
pub trait Oracle: Boxed + Debug {
    /// What there is to say of it.
    fn about(&self) -> &'static About;

    /// An app asks its node, which is up, for something. What it asked for is not among the evidence yet.
    fn commanded(&mut self, scene: &Scene<'_>, node: NodeId, command: &Command) -> Look {
        let _ = (scene, node, command);
        Look::Unwatched
    }

    /// A node has taken what its app wrote.
    fn took(&mut self, scene: &Scene<'_>, taken: &Taken) -> Look {
        let _ = (scene, taken);
        Look::Unwatched
    }

    /// A node sends a message.
    fn sent(&mut self, scene: &Scene<'_>, mail: &Mail<'_>) -> Look {
        let _ = (scene, mail);
        Look::Unwatched
    }

    /// An honest node sends content.
    fn sent_content(&mut self, scene: &Scene<'_>, mail: &Mail<'_>, content: &Content<SimCrypto>) -> Look {
        let _ = (scene, mail, content);
        Look::Unwatched
    }

    /// A message arrives, which its receiver has not handled yet.
    fn delivered(&mut self, scene: &Scene<'_>, mail: &Mail<'_>) -> Look {
        let _ = (scene, mail);
        Look::Unwatched
    }

    /// A node tells its app something.
    fn noticed(&mut self, scene: &Scene<'_>, node: NodeId, notice: &Notice) -> Look {
        let _ = (scene, node, notice);
        Look::Unwatched
    }

    /// A node hands a record over to its disk.
    fn writing(&mut self, scene: &Scene<'_>, node: NodeId, record: &Record<SimCrypto>) -> Look {
        let _ = (scene, node, record);
        Look::Unwatched
    }

    /// A node's disk has a record.
    fn written(&mut self, scene: &Scene<'_>, node: NodeId, record: &Record<SimCrypto>) -> Look {
        let _ = (scene, node, record);
        Look::Unwatched
    }

    /// What is on a node's disk is no longer what was written.
    fn spoilt(&mut self, scene: &Scene<'_>, node: NodeId) -> Look {
        let _ = (scene, node);
        Look::Unwatched
    }

    /// A node's process ends. What is known of it is still among the evidence.
    fn goes_down(&mut self, scene: &Scene<'_>, node: NodeId, ending: Ending) -> Look {
        let _ = (scene, node, ending);
        Look::Unwatched
    }

    /// A node's process starts anew.
    fn came_up(&mut self, scene: &Scene<'_>, node: NodeId) -> Look {
        let _ = (scene, node);
        Look::Unwatched
    }

    /// A node has started from its disk, and holds what it found there.
    fn started(&mut self, scene: &Scene<'_>, node: NodeId) -> Look {
        let _ = (scene, node);
        Look::Unwatched
    }

    /// A node's process goes on under another condition.
    fn became(&mut self, scene: &Scene<'_>, node: NodeId, condition: Condition) -> Look {
        let _ = (scene, node, condition);
        Look::Unwatched
    }

    /// An event may have touched what a node holds of a CoValue: how much that was when it was looked at last, and how
    /// much it is.
    fn holds(
        &mut self,
        scene: &Scene<'_>,
        holding: (NodeId, CoId),
        was: &KnownState,
        is: &KnownState,
    ) -> Look {
        let _ = (scene, holding, was, is);
        Look::Unwatched
    }

    /// An event may have touched the logs that an honest node stores of a CoValue.
    fn stores(&mut self, scene: &Scene<'_>, holding: (NodeId, CoId), stored: Option<&dyn Stored>) -> Look {
        let _ = (scene, holding, stored);
        Look::Unwatched
    }

    /// An event may have touched what the app of an honest node sees of a CoValue that it holds.
    fn shows(&mut self, scene: &Scene<'_>, seen: &Seen<'_>) -> Look {
        let _ = (scene, seen);
        Look::Unwatched
    }

    /// A node has exchanged a message about a CoValue with a peer, and has done what came of it. Of a message and its answer it
    /// may be told once; its looks count for both then.
    fn talked(&mut self, scene: &Scene<'_>, node: NodeId, peer: NodeId, id: CoId) -> Look {
        let _ = (scene, node, peer, id);
        Look::Unwatched
    }

    /// An event may have touched what an honest node takes for confirmed about an honest peer, in the connection that it
    /// has with it. See [`talked`](Oracle::talked) for how often it is told.
    fn confirms(&mut self, scene: &Scene<'_>, mail: (NodeId, NodeId, ConnectionId), id: CoId) -> Look {
        let _ = (scene, mail, id);
        Look::Unwatched
    }

    /// A node has handled an input, and all that came of it is done.
    fn settled(&mut self, scene: &Scene<'_>, node: NodeId) -> Look {
        let _ = (scene, node);
        Look::Unwatched
    }

    /// The run is over.
    fn ended(&mut self, scene: &Scene<'_>, rest: Rest) -> Look {
        let _ = (scene, rest);
        Look::Unwatched
    }

    /// The run has ended in silence, and everything was looked at once more.
    fn at_rest(&mut self, scene: &Scene<'_>) -> Look {
        let _ = scene;
        Look::Unwatched
    }
}
