//! Which cryptography the nodes of a run have.

/// How nodes sign and hash.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Crypto {
    /// A cheap keyed hash that still detects tampering and forks.
    #[default]
    Fast,
    /// As CoJSON does: BLAKE3 and Ed25519, ids that are hashes of headers.
    Real,
}

impl Crypto {
    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Crypto::Fast => "fast",
            Crypto::Real => "real",
        }
    }
}
