#!/usr/bin/env bash
# vuer-rtc 0.0.2 (PyPI), a CRDT scene graph with a journal: commits not yet acknowledged are listed for a retry after a
# reconnect, and compact is documented as folding acknowledged entries into a snapshot.
# One would expect that a commit made offline stays listed for the retry until the server acknowledges it.
# What happens: compact folds all before the last acknowledged entry, the unacknowledged too. An edit committed offline,
# one message received, then compact: nothing is left to retry. The edit shows here and never reaches a peer.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check vuer-rtc==0.0.2 msgpack==1.1.2
cat >try.py <<'PY'
from importlib.metadata import version
import sys

from vuer_rtc import createGraph
from vuer_rtc.client.graph_store import getUnackedMessages


def run(compacts):
    """What alice and bob read in the end, and how many of alice's messages were sent once more."""
    alice, bob = createGraph("alice"), createGraph("bob")
    cube = {"key": "cube", "tag": "Mesh", "health": 100}
    alice.edit({"ot": "node.insert", "key": "", "path": "children", "value": cube})
    made = alice.commit("make")
    bob.receive(made)
    alice.ack(made.id)
    alice.edit({"ot": "number.add", "key": "cube", "path": "health", "value": -25})
    alice.commit("damage")  # the line is down: neither sent nor acknowledged
    bob.edit({"ot": "number.add", "key": "cube", "path": "health", "value": -10})
    alice.receive(bob.commit("poison"))  # the line is up again
    if compacts:
        alice.compact()
    again = getUnackedMessages(alice.getState())
    for message in again:
        bob.receive(message)
        alice.ack(message.id)
    return [store.getState().graph.nodes["cube"].getProperty("health") for store in (alice, bob)], len(again)


plain, compacted = run(False), run(True)
print(f"vuer-rtc {version('vuer-rtc')}, Python {sys.version.split()[0]}")
print(f"without compact: alice and bob read {plain[0]}, messages retried: {plain[1]}")
print(f"with compact before the retry: alice and bob read {compacted[0]}, messages retried: {compacted[1]}")
sys.exit(0 if plain == ([65, 65], 1) and compacted == ([65, 90], 0) else 1)
PY
env/bin/python try.py
