#!/usr/bin/env bash
# meshlogd 0.5.0 (PyPI), an event store that converges between peers; the last writer wins by a hybrid logical clock,
# said to put an event made after reading another one behind it, "regardless of clock skew".
# One would expect that a correction, made by a node that has read the wrong value, wins on every node.
# What happens: at a restart the log is loaded again, the clock is not: it starts at 0. If the wrong value came from a
# peer whose wall clock is fast, a correction made after a restart sorts before it and loses on every node, for good.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check meshlogd==0.5.0
cat >try.py <<'PY'
from importlib.metadata import version
import sys

from meshlog.hlc import HLC
from meshlog.node import Node
from meshlog.transport import SimNetwork, SimTransport

WALL = 1_700_000_000_000


class Fields:
    """The last event in the order of the store decides a field."""

    def initial(self):
        return {}

    def apply(self, state, event):
        return state | event.payload


def run(restarts):
    net = SimNetwork()
    log = f"team-{restarts}.jsonl"

    def team():
        return Node("team", SimTransport("team", net), Fields(), persist_path=log, hlc=HLC(_phys=lambda: WALL))

    fast = Node("base", SimTransport("base", net), Fields(), hlc=HLC(_phys=lambda: WALL + 60_000))
    slow = team()
    fast.emit("field.set", {"water": "dirty"})
    slow.gossip_round()
    read = slow.view()["water"]
    if restarts:
        slow = team()
        read = slow.view()["water"]
    slow.emit("field.set", {"water": "clean"})
    fast.gossip_round()
    return read, fast.view()["water"], slow.view()["water"], fast.frontier() == slow.frontier()


plain, restarted = run(False), run(True)
print(f"meshlogd {version('meshlogd')}, Python {sys.version.split()[0]}")
for name, (read, base, here, same) in (("without a restart", plain), ("with a restart before it", restarted)):
    print(f"{name}: team read {read!r} and set 'clean'; base shows {base!r}, team {here!r}; same events: {same}")
sys.exit(0 if plain == ("dirty", "clean", "clean", True) and restarted == ("dirty", "dirty", "dirty", True) else 1)
PY
env/bin/python try.py
