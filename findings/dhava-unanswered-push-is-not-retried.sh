#!/usr/bin/env bash
# dhava 0.1.0 (PyPI), an offline-first sync engine made for "intermittent" links, whose outbox is said to survive crashes, to
# keep operations in order and to track retries.
# One would expect that a write whose push got no answer is pushed again by the next sync.
# What happens: it is marked as failed, and what failed is no longer pending. The next syncs, also those of the background
# loop, which looks at what is pending, push nothing and report "completed". The status shows 0 pending. Headquarters never
# gets the write, unless the program is started anew. What is written later does get there.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check dhava==0.1.0
cat >try.py <<'PY'
import sys
from importlib.metadata import version

from crypto import CryptoLayer
from engine import DDILSyncEngine
from server import DDILSyncServer
from transports.loopback import LoopbackTransport


class Link(LoopbackTransport):
    """A link that is there, where now and then a request stays without an answer."""

    silent = False

    def send_receive(self, request_bytes, timeout=30.0):
        return None if self.silent else super().send_receive(request_bytes, timeout)


key = CryptoLayer.generate_key()
base = DDILSyncServer.create("base", ":memory:", key)
link = Link(base)
unit = DDILSyncEngine.create(node_id="unit", db_path=":memory:", transports=[link], encryption_key=key)

print(f"dhava {version('dhava')}, Python {sys.version.split()[0]}")
unit.create("reports", "bridge", {"state": "closed"})
link.silent = True
lost = unit.sync_now()
print(f"first sync: {lost.status} ({lost.error})")
link.silent = False
after = [unit.sync_now() for _ in range(3)]
print(f"next ones: {[(sync.status, sync.ops_pushed) for sync in after]}; pending: {unit.get_status().pending_ops}")
unit.create("reports", "tower", {"state": "manned"})
unit.sync_now()
there = [name for name in ("bridge", "tower") if base.local_store.get("reports", name)]
here = [name for name in ("bridge", "tower") if unit.get("reports", name)]
print(f"reports on the unit: {here}, at the base: {there}")
as_told = [("completed", 0)] * 3
ended = [(sync.status, sync.ops_pushed) for sync in after]
sys.exit(0 if lost.status == "failed" and ended == as_told and there == ["tower"] and len(here) == 2 else 1)
PY
env/bin/python try.py
