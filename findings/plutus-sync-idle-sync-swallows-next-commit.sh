#!/usr/bin/env bash
# plutus-sync 0.1.0 with loro 1.17.1 (PyPI): shared state over a sync daemon. PlutusAgent.commit is documented to broadcast
# by itself while connected; sync() commits and broadcasts.
# One would expect that a sync() with nothing new to send changes nothing.
# What happens: it takes note that the next local update is already sent, and as none comes then, that holds for the next
# commit. What is committed after it reaches nobody, and what follows builds upon that and waits: the reader and the daemon
# stay where they were, with all connected and no error, until sync() is called with something new. (It uses 127.0.0.1.)
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check plutus-sync==0.1.0 loro==1.17.1
cat >try.py <<'PY'
import asyncio
import socket
import sys
from importlib.metadata import version

from plutus import PlutusAgent
from plutus.infra.daemon import SyncDaemon


async def settled(agent, names):
    """What the agent has, once it has all of the names or has had a second to get them."""
    for _ in range(100):
        got = list(agent.doc.get_deep_value().get("tasks", {}))
        if set(got) >= set(names):
            break
        await asyncio.sleep(0.01)
    return [name for name in names if name in got]


async def run(idle):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    daemon = SyncDaemon(host="127.0.0.1", port=port)
    await daemon.start()
    reader, writer = PlutusAgent("reader", peer_id=2), PlutusAgent("writer", peer_id=1)
    for agent in (reader, writer):
        await agent.join(f"ws://127.0.0.1:{port}")
    while len(daemon.peers.peer_ids) < 2:
        await asyncio.sleep(0.01)
    tasks = writer.state("tasks")
    tasks.set("one", "done")
    await writer.sync()
    first = await settled(reader, ["one"])
    if idle:
        await writer.sync()
    for name in "two", "three":
        tasks.set(name, "done")
        writer.commit()
    then = await settled(reader, ["one", "two", "three"])
    held = list(daemon.store.get_deep_value()["tasks"])
    tasks.set("four", "done")
    await writer.sync()
    last = await settled(reader, ["one", "two", "three", "four"])
    for agent in (reader, writer):
        await agent.leave()
    await daemon.stop()
    return first, then, sorted(held), last


print(f"plutus-sync {version('plutus-sync')}, loro {version('loro')}, Python {sys.version.split()[0]}")
plain, idle = asyncio.run(run(False)), asyncio.run(run(True))
for name, (first, then, held, last) in ("without", plain), ("with", idle):
    print(f"{name} an idle sync: reader had {first}; after commits of two and three {then}, the daemon {held}; "
          f"after a sync with four {last}")
three, four = ["one", "two", "three"], ["one", "two", "three", "four"]
right = plain == (["one"], three, sorted(three), four)
sys.exit(0 if right and idle == (["one"], ["one"], ["one"], four) else 1)
PY
env/bin/python try.py
