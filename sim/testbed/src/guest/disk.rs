//! The disk of a guest's node. What is on it, only the guest knows: the world's disk holds marks of the commits, in order, so
//! that what crashes, copies and decisions leave of them is a commit to begin anew after.

use crate::host::NodeId;
use std::str;

/// A disk as it was after a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Image {
    /// Who made the commit: of a disk that was put into another node, not its owner.
    pub(super) of: NodeId,
    /// Its number among all that that node ever made; 0 for a disk on which nothing was committed.
    pub(super) commit: u64,
}

impl Image {
    /// What stands on the world's disk for the commit. It has a beginning and an end, so that what a crash has torn is never
    /// taken for another, nor spoils the next one.
    pub(super) fn mark(self) -> Vec<u8> {
        format!("<{} {}>", self.of.0, self.commit).into_bytes()
    }

    /// The last commit of which all is on the world's disk.
    pub(super) fn newest(bytes: &[u8]) -> Option<Image> {
        let end = bytes.iter().rposition(|byte| *byte == b'>')?;
        let start = bytes[..end].iter().rposition(|byte| *byte == b'<')?;
        let (of, commit) = str::from_utf8(&bytes[start + 1..end]).ok()?.split_once(' ')?;
        Some(Image { of: NodeId(of.parse().ok()?), commit: commit.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn images() -> impl Strategy<Value = Vec<Image>> {
        let image = any::<(u32, u64)>().prop_map(|(of, commit)| Image { of: NodeId(of), commit });
        prop::collection::vec(image, 0..5)
    }

    fn marks(images: &[Image]) -> Vec<u8> {
        images.iter().flat_map(|image| image.mark()).collect()
    }

    proptest! {
        #[test]
        fn the_newest_commit_is_the_last_whole_one(kept in images(), next in images(), torn in 0..5_usize) {
            let mut bytes = marks(&kept);
            prop_assert_eq!(Image::newest(&bytes), kept.last().copied());
            // A crash cuts off the next one, and the process after it goes on to write.
            if let Some(next) = next.first() {
                let mark = next.mark();
                bytes.extend_from_slice(&mark[..torn.min(mark.len() - 1)]);
                prop_assert_eq!(Image::newest(&bytes), kept.last().copied());
            }
            bytes.extend(marks(&next));
            prop_assert_eq!(Image::newest(&bytes), next.last().or(kept.last()).copied());
        }
    }
}
