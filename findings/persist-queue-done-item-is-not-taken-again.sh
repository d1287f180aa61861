#!/usr/bin/env bash
# persist-queue 1.1.0 (PyPI), queues in SQLite that outlive the program: UniqueAckQ, a queue of unique items that are acknowledged
# when they are done. A job "refresh user 7" is put, taken, and acknowledged; later the same job is due again and is put.
# One would expect it to be queued: unique means among what waits, and this one no longer waits. UniqueQ, without
# acknowledging, does so.
# What happens: an acknowledged item stays in the table, and the put is dropped as a duplicate of it, with no error. The job
# is not done a second time, not after a restart either, until one clears the done ones and keeps none of them.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check persist-queue==1.1.0
cat >try.py <<'PY'
import sys
from importlib.metadata import version

import persistqueue

JOB = "refresh user 7"
print(f"persist-queue {version('persist-queue')}, Python {sys.version.split()[0]}")

plain = persistqueue.UniqueQ("plain", auto_commit=True)
plain.put(JOB)
plain.get()
plain.put(JOB)
print(f"UniqueQ: put, taken, put again: {plain.size} waits")

acked = persistqueue.UniqueAckQ("acked")
acked.put(JOB)
acked.ack(acked.get())
again = acked.put(JOB)
acked.put("refresh user 8")
print(f"UniqueAckQ: put, taken, acknowledged, put again (put gives {again}), and another one put: {acked.size} waits")
reopened = persistqueue.UniqueAckQ("acked")
reopened.put(JOB)
waits = [reopened.get() for _ in range(reopened.size)]
print(f"after a restart and one more put: {waits} wait")
for item in waits:
    reopened.ack(item)
reopened.clear_acked_data(keep_latest=0)
reopened.put(JOB)
print(f"after the done ones are cleared, and none kept: {reopened.size} waits")
asTold = plain.size == 1 and again is None and waits == ["refresh user 8"] and reopened.size == 1
sys.exit(0 if asTold else 1)
PY
env/bin/python try.py
