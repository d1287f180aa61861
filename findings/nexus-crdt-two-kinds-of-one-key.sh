#!/usr/bin/env bash
# nexus-crdt 0.1.0 (PyPI), a replicated map whose README says that merge converges and simultaneous writes never raise.
# One would expect that, where two devices first use one key, one as a set of tags and the other as a plain value, both end
# up with the same one of the two.
# What happens: merge raises on both. By then it has taken the other's operation into its history, so a second merge of the
# same bytes says that all is known, and gives no error: each device keeps its own kind, for good. What it encodes has both
# kinds, so a new device that starts from it raises too.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check nexus-crdt==0.1.0
cat >try.py <<'PY'
from importlib.metadata import version
import sys

from nexus import NexusMap

one, two = NexusMap("one"), NexusMap("two")
one.or_set("tags").add("urgent")
two.set("tags", "later")
frames = [one.encode(), two.encode()]
raised = []
for device, frame in ((one, frames[1]), (two, frames[0])):
    try:
        device.merge(frame)
    except Exception as error:
        raised.append(type(error).__name__)
try:
    NexusMap.decode(one.encode(), "three")
except Exception as error:
    raised.append(type(error).__name__)
again = [one.merge(frames[1]), two.merge(frames[0])]
shown = [one.get("tags"), two.get("tags")]
print(f"nexus-crdt {version('nexus-crdt')}, Python {sys.version.split()[0]}")
print(f"first merges, and a new device, raised {raised}; merged again: {again}")
print(f"one shows {shown[0]!r}, two shows {shown[1]!r}")
fine = all(result["ignored"] == 1 for result in again)
sys.exit(0 if len(raised) == 3 and fine and shown == [["urgent"], "later"] else 1)
PY
env/bin/python try.py
