//! Files: streams whose items are a start, chunks of bytes, and an end.

use super::co_stream::{CoStream, StreamItem};
use crate::real::from_base64url;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::Value;

/// What begins a chunk, before its bytes in base64url.
pub(super) const BINARY: &str = "binary_U";

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its media type.
    pub mime_type: String,
    /// Its name, where its writer gave one.
    pub file_name: Option<String>,
    /// How many bytes its writer promised.
    pub total_size_bytes: Option<u64>,
    /// Its bytes so far.
    pub bytes: Vec<u8>,
    /// Whether these are all.
    pub finished: bool,
}

impl File {
    /// The file that one session wrote: where several did, the one that started first.
    pub(super) fn new(stream: &CoStream) -> Option<File> {
        let started = stream.sessions.values().filter_map(|items| {
            // By their places: a file must not change when its writer's clock does. In a branch there are places twice.
            let mut items: Vec<&StreamItem> = items.iter().collect();
            if items.iter().all(|item| item.branch.is_none()) {
                items.sort_by_key(|item| item.tx_index);
            }
            let start = items.first().filter(|start| kind(start) == Some("start"))?.made_at.clone();
            Some((start, items))
        });
        let (_, items) = started.min_by(|(a, _), (b, _)| a.cmp(b))?;
        let (start, rest) = items.split_first()?;
        let mut file = File::started(&start.value)?;
        for item in rest {
            match kind(item)? {
                "chunk" => file.bytes.extend(from_base64url(BINARY, text(&item.value, "chunk")?).ok()?),
                "end" => {
                    file.finished = true;
                    break;
                }
                _ => return None,
            }
        }
        Some(file)
    }

    fn started(start: &Value) -> Option<File> {
        Some(File {
            mime_type: text(start, "mimeType")?.into(),
            file_name: text(start, "fileName").map(String::from),
            total_size_bytes: start.get("totalSizeBytes").and_then(Value::as_u64),
            bytes: Vec::new(),
            finished: false,
        })
    }
}

fn kind(item: &StreamItem) -> Option<&str> {
    text(&item.value, "type")
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}
