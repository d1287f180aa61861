//! `keys.json` and `coids.json`: keys from a seed, signatures, hashes, ids and priorities.

use crate::data::lists;
use cosim_core::real::{
    AgentId, AgentSecret, Header, Refusal, Signature, Verifier, secure_hash, short_hash, stable_stringify,
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Keys {
    n: u32,
    secret_seed_hex: String,
    agent_secret: String,
    sealer_secret: String,
    signer_secret: String,
    #[serde(rename = "agentID")]
    agent_id: String,
    #[serde(rename = "sealerID")]
    sealer_id: String,
    #[serde(rename = "signerID")]
    signer_id: String,
    message: Value,
    message_stable: String,
    signature: String,
    secure_hash: String,
    short_hash: String,
}

pub(crate) fn seed(hex: &str) -> [u8; 32] {
    let bytes = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex"));
    bytes.collect::<Vec<_>>().try_into().expect("32 bytes")
}

#[test]
fn keys_and_signatures_are_the_package_s() {
    for (version, vectors) in lists::<Keys>("keys") {
        vectors.iter().for_each(check_keys);
        println!("keys of {version}: {} agents, each with a signature and hashes", vectors.len());
    }
}

fn check_keys(keys: &Keys) {
    let n = keys.n;
    let secret = AgentSecret::from_seed(&seed(&keys.secret_seed_hex));
    assert_eq!(secret.to_string(), keys.agent_secret, "{n}");
    assert_eq!(keys.agent_secret.parse(), Ok(secret.clone()), "{n}");
    assert_eq!(secret.sealer.to_string(), keys.sealer_secret, "{n}");
    assert_eq!(secret.signer.to_string(), keys.signer_secret, "{n}");
    let agent = secret.id();
    assert_eq!(agent.to_string(), keys.agent_id, "{n}");
    assert_eq!(keys.agent_id.parse::<AgentId>().as_ref(), Ok(&agent), "{n}");
    assert_eq!(agent.sealer.to_string(), keys.sealer_id, "{n}");
    assert_eq!(agent.signer.to_string(), keys.signer_id, "{n}");

    assert_eq!(stable_stringify(&keys.message), keys.message_stable, "{n}");
    assert_eq!(secure_hash(&keys.message).to_string(), keys.secure_hash, "{n}");
    assert_eq!(short_hash(&keys.message), keys.short_hash, "{n}");
    let signature = Signature::new(keys.signature.as_str());
    assert_eq!(secret.signer.sign(&keys.message), signature, "{n}");
    let verifier = Verifier::new(&agent.signer).expect("a public key");
    assert_eq!(verifier.verify(&keys.message, &signature), Ok(()), "{n}");
    let other = Value::from(vec![keys.message.clone()]);
    assert_eq!(verifier.verify(&other, &signature), Err(Refusal::InvalidSignature), "{n}");
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CoId {
    n: u32,
    header: Header,
    header_stable: String,
    short_hash: String,
    id: String,
    priority: u8,
}

#[test]
fn ids_and_priorities_are_the_package_s() {
    for (version, vectors) in lists::<CoId>("coids") {
        vectors.iter().for_each(check_id);
        println!("coids of {version}: {} headers", vectors.len());
    }
}

fn check_id(vector: &CoId) {
    let (n, header) = (vector.n, &vector.header);
    assert_eq!(stable_stringify(header.as_json()), vector.header_stable, "{n}");
    assert_eq!(short_hash(header.as_json()), vector.short_hash, "{n}");
    assert_eq!(header.id(), vector.id, "{n}");
    assert_eq!(header.priority().as_number(), vector.priority, "{n}");
    let again = serde_json::to_string(header).expect("a header has a JSON form");
    assert_eq!(serde_json::from_str::<Header>(&again).expect("its own JSON").id(), vector.id, "{n}");
}
