#!/usr/bin/env bash
# crdt-merge 0.11.0 (PyPI), "mathematically proven conflict-free merge", whose README asserts merge(a, b) == merge(b, a);
# here merge_dicts, which merges "with CRDT LWW semantics", with a time for each key.
# One would expect that two replicas which each take in the other's dict agree, also where both wrote at the same time.
# What happens: at equal times the second argument wins. Two replicas that sync swap their values, swap them back at the
# next sync, and so on for ever. Its merge of rows does agree at equal times, so nothing warns of it.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check crdt-merge==0.11.0
cat >try.py <<'PY'
from importlib.metadata import version
import sys

from crdt_merge import merge, merge_dicts

one, two = {"color": "red", "tags": ["x", "y"]}, {"color": "blue", "tags": ["y", "z"]}
times = {"color": 5.0}
rounds = []
for _ in range(4):
    one, two = merge_dicts(one, two, times, times), merge_dicts(two, one, times, times)
    rounds.append((one["color"], two["color"]))
left, right = [{"id": 1, "color": "red", "at": 5}], [{"id": 1, "color": "blue", "at": 5}]
rows = merge(left, right, key="id", timestamp_col="at") == merge(right, left, key="id", timestamp_col="at")
print(f"crdt-merge {version('crdt-merge')}, Python {sys.version.split()[0]}")
print(f"after each of four syncs: {rounds}; rows agree: {rows}")
sys.exit(0 if rounds == [("blue", "red"), ("red", "blue")] * 2 and rows else 1)
PY
env/bin/python try.py
