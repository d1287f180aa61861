//! Whether a file lies on a file system of a network, where SQLite's locks cannot be relied on.

use super::super::exit::Failure;
use std::path::Path;

/// File systems of networks, by the numbers by which Linux knows them.
#[cfg(target_os = "linux")]
const NETWORK: [(u32, &str); 13] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xfe53_4d42, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0x0102_1997, "9P"),
    (0x00c3_6400, "Ceph"),
    (0x5346_414f, "AFS"),
    (0x6b41_4653, "AFS"),
    (0x0bd0_0bd0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x1983_0326, "BeeGFS"),
    (0x7461_636f, "OCFS2"),
    (0x0116_1970, "GFS2"),
];

/// Refuses a database on a file system of a network.
pub(super) fn refuse_network(database: &Path) -> Result<(), Failure> {
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match network(folder) {
        None => Ok(()),
        Some(kind) => Err(Failure(format!(
            "error: {} is on a file system of a network ({kind}), where several processes may spoil it\nhint: keep it on a disk of \
             this machine, or say --network-file-system where only one process writes it at a time",
            database.display()
        ))),
    }
}

/// The kind of network file system that a folder is on; `None` on any other, and where it cannot be told.
#[cfg(target_os = "linux")]
fn network(folder: &Path) -> Option<&'static str> {
    kind(rustix::fs::statfs(folder).ok()?.f_type as u64)
}

#[cfg(not(target_os = "linux"))]
fn network(_: &Path) -> Option<&'static str> {
    None
}

/// By the low 32 bits of the number: on some machines it comes with a sign.
#[cfg(target_os = "linux")]
fn kind(number: u64) -> Option<&'static str> {
    NETWORK.iter().find(|(known, _)| u64::from(*known) == number & 0xffff_ffff).map(|(_, name)| *name)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn file_systems_of_networks_are_told_from_disks() {
        for (number, name) in [
            (0x6969, Some("NFS")),
            (0xffff_ffff_ff53_4d42, Some("CIFS")),
            (0xef53, None),
            (0x0102_1994, None),
        ] {
            assert_eq!(kind(number), name);
        }
        let folder = tempfile::tempdir().expect("a folder");
        assert!(refuse_network(&folder.path().join("findings.db")).is_ok(), "what is here is no network");
    }
}
