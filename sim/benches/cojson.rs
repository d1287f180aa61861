//! A full CoJSON run: 50 nodes on lossy links, with either crypto, no log; and what CoJSON's own costs. An event is an operation, a notice, a timer
//! or a delivery handled; criterion shows events a second as elements a second.
//!
//! ```text
//! cargo bench -p cosim --bench cojson
//! ```

use cosim_core::real::{AgentSecret, MadeAt, StreamingHash, Transaction, Verifier};
use cosim_testbed::run::{Judging, Options, run};
use cosim_testbed::scenario::{Crypto, Scenario, parse};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::fmt::Write;
use std::hint::black_box;

const EDGES: usize = 4;
const CLIENTS: usize = 45;

/// One core, its edges, and clients that write to twenty CoValues.
fn scenario() -> Scenario {
    let edges = (0..EDGES).map(|i| format!("edge{i}"));
    let clients = (0..CLIENTS).map(|i| format!("client{i:02}"));
    let edge_links = (0..EDGES).map(|i| (format!("edge{i}"), "core".to_owned()));
    let client_links = (0..CLIENTS).map(|i| (format!("client{i:02}"), format!("edge{}", i % EDGES)));
    let nodes: Vec<String> =
        edges.chain(clients).chain(["core".to_owned()]).map(|name| format!("\"{name}\": {{}}")).collect();
    let mut links = String::new();
    for (i, (client, server)) in edge_links.chain(client_links).enumerate() {
        let comma = if i > 0 { "," } else { "" };
        write!(
            links,
            r#"{comma}{{ "between": ["{client}", "{server}"], "relationship": "syncAllOurs/syncTheirs" }}"#
        )
        .expect("writing to a string");
    }
    let ids: Vec<String> = (0..20).map(|i| format!("\"id{i:02}\"")).collect();
    let text = format!(
        r#"{{
            "version": 1, "about": "A benchmark.",
            "nodes": {{ {} }},
            "network": {{ "latency": "5ms..40ms", "loss": "2%", "duplicate": "1%" }},
            "links": [{links}],
            "workload": {{ "operations": 2000, "until": "60s", "co_values": [{}] }}
        }}"#,
        nodes.join(", "),
        ids.join(", "),
    );
    parse(&text, "benchmark").unwrap_or_else(|problems| panic!("{problems}"))
}

fn runs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("cojson");
    group.sample_size(10);
    for crypto in [Crypto::Fast, Crypto::Real] {
        let scenario = scenario().with_crypto(crypto);
        for (name, oracles) in [("oracles off", Judging::Off), ("oracles on", Judging::On)] {
            let options = Options { oracles, ..Options::judged() };
            let outcome = run(&scenario, 1, options);
            assert!(outcome.violations.is_empty(), "{:?}", outcome.violations);
            group.throughput(Throughput::Elements(outcome.figures.events));
            group.bench_function(format!("{} crypto, {name}", crypto.name()), |bencher| {
                bencher.iter(|| run(black_box(&scenario), 1, options).fingerprint);
            });
        }
    }
    group.finish();
}

/// What CoJSON does with each batch: hash one transaction of about a hundred bytes, sign the hash, verify it.
fn primitives(criterion: &mut Criterion) {
    let secret = AgentSecret::from_seed(&[7; 32]);
    let verifier = Verifier::new(&secret.id().signer).expect("a key of our own");
    let changes = serde_json::json!([{ "op": "set", "key": "title", "value": "x".repeat(60) }]);
    let transaction = [Transaction::trusting(MadeAt::from_ms(1_735_689_600_000), &changes)];
    let log = StreamingHash::new();
    let hashed = log.then(&transaction);
    let signature = secret.signer.sign_hash(hashed.hash());
    let mut group = criterion.benchmark_group("primitives");
    group.bench_function("hash", |bencher| bencher.iter(|| black_box(&log).then(black_box(&transaction))));
    group.bench_function("sign", |bencher| {
        bencher.iter(|| secret.signer.sign_hash(black_box(hashed.hash())));
    });
    group.bench_function("verify", |bencher| {
        bencher.iter(|| verifier.verify_hash(black_box(hashed.hash()), black_box(&signature)));
    });
    group.finish();
}

criterion_group!(benches, runs, primitives);
criterion_main!(benches);
