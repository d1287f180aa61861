#!/usr/bin/env bash
# trace-lanefix 0.1.1 (PyPI): rewrites a Chrome trace so that Perfetto shows slices that cross: a slice that crosses another
# one is moved to a lane of its own. The README: nested children stay on their parent's lane.
# One would expect that of a job that is moved with the two steps inside it: all three are on the new lane.
# What happens: only the job is moved. Its steps stay on the old lane, as each fits there on its own. The first step is then
# shown as a child of "load", a slice that has nothing to do with it, and the second as a slice without a parent; the job has
# no children any more. Nothing is reported but that one slice was moved.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check trace-lanefix==0.1.1
cat >try.py <<'PY'
import contextlib
import io
import json
import sys
from importlib.metadata import version

from trace_lanefix import fix_overlaps


def parents(*slices):
    events = [{"ph": "X", "pid": 1, "tid": 1, "name": n, "ts": start, "dur": end - start} for n, start, end in slices]
    json.dump(events, open("in.json", "w"))
    with contextlib.redirect_stdout(io.StringIO()):
        fix_overlaps("in.json", "out.json")
    after = [event for event in json.load(open("out.json")) if event["ph"] == "X"]
    found = {}
    for inner in after:
        around = [o for o in after if o is not inner and o["tid"] == inner["tid"] and o["ts"] <= inner["ts"]
                  and inner["ts"] + inner["dur"] <= o["ts"] + o["dur"]]
        found[inner["name"]] = min(around, key=lambda o: o["dur"])["name"] if around else None
    return found


job = [("job", 50, 200), ("step 1", 60, 80), ("step 2", 120, 170)]
print(f"trace-lanefix {version('trace-lanefix')}, Python {sys.version.split()[0]}")
alone = parents(*job)
crossing = parents(("load", 0, 100), *job)
for name, found in {"the job alone": alone, "with a slice that it crosses": crossing}.items():
    print(f"{name}: step 1 is inside {found['step 1']}, step 2 is inside {found['step 2']}")
asTold = (alone["step 1"], alone["step 2"], crossing["step 1"], crossing["step 2"]) == ("job", "job", "load", None)
sys.exit(0 if asTold else 1)
PY
env/bin/python try.py
