#!/usr/bin/env bash
# simcraft 1.0.1 (PyPI), discrete-event simulation: PreemptiveResource, where an acquire() of high priority takes the unit from
# a holder of low priority. A routine job (priority 1) holds the only unit, a second routine job waits, an urgent one comes.
# One would expect the urgent job to have the unit: that is what the routine one is thrown out for.
# What happens: the unit that was taken away is first offered to those who wait, so the second routine job gets it, and the
# urgent acquire() answers False. One job lost its unit, and not to the urgent one. When nobody waits, the urgent one gets it.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check simcraft==1.0.1 sortedcontainers==2.4.0 numpy==2.4.6
cat >try.py <<'PY'
import sys
from importlib.metadata import version

from simcraft import Simulation
from simcraft.resources.resource import PreemptiveResource


def run(waiting):
    holder, thrown_out = [], []
    crane = PreemptiveResource(Simulation(), capacity=1)
    crane.on_preempt(thrown_out.append)
    crane.acquire("routine 1", priority=1)
    if waiting:
        crane.request("routine 2", callback=lambda _, job: holder.append(job))
    if crane.acquire("urgent", priority=10):
        holder.append("urgent")
    return thrown_out, holder


print(f"simcraft {version('simcraft')}, Python {sys.version.split()[0]}")
alone, queued = run(False), run(True)
for name, (thrown_out, holder) in {"nobody waits": alone, "a routine job waits": queued}.items():
    print(f"{name}: thrown out {thrown_out}, then the unit is held by {holder}")
asTold = alone == (["routine 1"], ["urgent"]) and queued == (["routine 1"], ["routine 2"])
sys.exit(0 if asTold else 1)
PY
env/bin/python try.py
