#!/usr/bin/env bash
# accordsync-core 0.3.2 (PyPI), the merge core of Accord, whose README says that operations may come in any order and as
# often as the network repeats them. A device starts from a snapshot of a record, then gets an operation that is in it.
# One would expect "duplicate", as without a snapshot, or at any rate the same counter as everywhere else.
# What happens: the snapshot folds increments into a sum and forgets which they were. The repeated one is "applied" and
# counted a second time, so this device shows 2 for good where the others show 1. Its set and its value do not mind.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check accordsync-core==0.3.2
cat >try.py <<'PY'
from importlib.metadata import version
import json
import sys

from accordsync_core import LocalWriter, counter, define_schema, lww, set_

schema = define_schema({"page": {"visits": counter(), "tags": set_(), "title": lww()}})
phone, laptop, late = (LocalWriter(schema, name, lambda: 1_700_000_000_000) for name in ("phone", "laptop", "late"))

ops = [phone.inc("page:1", "visits", 1), phone.add("page:1", "tags", "new"), phone.assign("page:1", "title", "home")]
first = [laptop.receive(op) for op in ops]
repeated = [laptop.receive(op) for op in ops]
late.replica.load_snapshot(phone.replica.snapshot_record("page:1"))
after_snapshot = [late.receive(op) for op in ops]
shown = {who.device_id: who.replica.read("page:1") for who in (phone, laptop, late)}
print(f"accordsync-core {version('accordsync-core')}, Python {sys.version.split()[0]}")
print(f"repeated: {repeated}; repeated after a snapshot: {after_snapshot}")
print(json.dumps(shown))
visits = [record["visits"] for record in shown.values()]
others = all(record["tags"] == ["new"] and record["title"] == "home" for record in shown.values())
sys.exit(0 if set(repeated) == {"duplicate"} and after_snapshot[0] == "applied" and visits == [1, 1, 2] and others else 1)
PY
env/bin/python try.py
