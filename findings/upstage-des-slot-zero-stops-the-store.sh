#!/usr/bin/env bash
# upstage-des 0.4.0 (PyPI), discrete-event simulation on SimPy: SortedFilterStore, a store of any objects, where one asks for the
# least of those that pass a filter. Here it holds the free slots 0, 1 and 2.
# One would expect to get slot 0, then 1, then 2, as from a sorted list.
# What happens: an object that Python counts as false, like 0, "" or an empty list, is found to be the least and then taken
# for "nothing found". So the request waits for good, with three slots free, and those who ask later wait too. The simulation
# ends early and quietly. Slots 1, 2 and 3 are given out as expected, and so is slot 0 by SimPy's own FilterStore.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check upstage-des==0.4.0 simpy==4.1.2
cat >try.py <<'PY'
import sys
from importlib.metadata import version

import simpy
import upstage_des.api as UP


def run(slots, make, **how):
    env = simpy.Environment()
    store, given = make(env), []
    store.items.extend(slots)

    def ship():
        slot = yield store.get(**how)
        given.append(slot)

    for _ in slots:
        env.process(ship())
    env.run(until=100)
    return given, list(store.items)


def least(slot):
    return slot


print(f"upstage-des {version('upstage-des')}, simpy {version('simpy')}, Python {sys.version.split()[0]}")
cases = {
    "slots 1 2 3, sorted store": run([1, 2, 3], UP.SortedFilterStore, sorter=least),
    "slots 0 1 2, sorted store": run([0, 1, 2], UP.SortedFilterStore, sorter=least),
    "slots 0 1 2, SimPy's FilterStore": run([0, 1, 2], simpy.FilterStore, filter=lambda slot: True),
}
for name, (given, left) in cases.items():
    print(f"{name}: three ships got {given}, still free {left}")
asTold = list(cases.values()) == [([1, 2, 3], []), ([], [0, 1, 2]), ([0, 1, 2], [])]
sys.exit(0 if asTold else 1)
PY
env/bin/python try.py
