#!/usr/bin/env bash
# starfish-outbox 3.0.0a72 (PyPI), an offline write queue that is drained when the connection is back; a pass goes through the
# queue oldest first. Two writes of one note wait: "draft", then "final". The connection drops once, at the first send.
# One would expect the writes to arrive in the order in which they were made, so the note is "final" on the server.
# What happens: a send that fails goes back into the queue, and the same pass goes on with the next one. So "final" arrives
# first, and the next pass sends "draft", which the server takes as the newest. The last thing written is lost, though each
# write was delivered once and nothing was reported as failed.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check starfish-outbox==3.0.0a72
cat >try.py <<'PY'
import asyncio
import sys
from importlib.metadata import version

from starfish_outbox import OutboxQueue, drain_outbox


class Cache(dict):
    async def get_item(self, key):
        return self.get(key)

    async def set_item(self, key, value):
        self[key] = value

    async def remove_item(self, key):
        self.pop(key, None)


async def run(drops):
    queue, server, order, passes = OutboxQueue(Cache()), {}, [], 0
    await queue.hydrate("outbox")
    for time, body in enumerate(["draft", "final"], start=1):
        await queue.enqueue(f"write {time}", {"path": "note", "body": body}, ts=time)

    async def send(entry):
        if drops and not passes and entry.id == "write 1":
            raise ConnectionError("offline")
        server[entry.item["path"]] = entry.item["body"]
        order.append(entry.item["body"])

    failed = 0
    while queue.pending():
        failed += (await drain_outbox(queue, send, max_attempts=5)).failed
        passes += 1
    return order, server["note"], failed


print(f"starfish-outbox {version('starfish-outbox')}, Python {sys.version.split()[0]}")
smooth, dropped = asyncio.run(run(False)), asyncio.run(run(True))
for name, (order, note, failed) in {"no drop": smooth, "one drop at the first send": dropped}.items():
    print(f"{name}: arrived {', then '.join(order)}; the note is \"{note}\"; given up {failed}")
asTold = smooth == (["draft", "final"], "final", 0) and dropped == (["final", "draft"], "draft", 0)
sys.exit(0 if asTold else 1)
PY
env/bin/python try.py
