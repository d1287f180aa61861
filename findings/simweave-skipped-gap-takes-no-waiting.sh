#!/usr/bin/env bash
# simweave 0.10.1 (PyPI), simulation in fixed steps. run(skip_idle_gaps=True) goes on at the next event wherever nothing has work
# to do: the README offers it for long stretches in which nothing happens, such as "an agent waiting for a part".
# One would expect the same result as without, only sooner. Three people wait in a queue until a counter opens at 60.
# What happens: a queue in which people wait has "no work", so the time that they wait is skipped as well. Those who were to
# lose patience after 5 are all still there at 60, and a mean wait of 60 becomes a mean wait of 0.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check simweave==0.10.1 numpy==2.4.6
cat >try.py <<'PY'
import sys
from importlib.metadata import version

from simweave import EntityProperties, Queue
from simweave.core.entity import Entity
from simweave.core.environment import SimEnvironment


def run(patience, skip):
    env = SimEnvironment(dt=1.0)
    line = Queue(maxlen=10, name="line")
    env.register(line)
    for name in ("Ann", "Bob", "Cem"):
        person = Entity(name)
        person.sim_properties = EntityProperties(renege_after=patience)
        line.enqueue(person)
    served = []

    def open_counter():
        while len(line):
            served.append(line.dequeue().name)

    env.schedule_at(60, open_counter)
    env.run(100, skip_idle_gaps=skip)
    return len(served), line.reneged_count, line.average_wait()


print(f"simweave {version('simweave')}, Python {sys.version.split()[0]}")
seen = {}
for patience in (None, 5):
    for skip in (False, True):
        served, left, wait = seen[patience, skip] = run(patience, skip)
        print(f"patience {patience}, skip_idle_gaps={skip}: {served} served at 60, {left} left before; mean wait {wait:g}")
want = {(None, False): (3, 0, 60.0), (None, True): (3, 0, 0.0), (5, False): (0, 3, 0.0), (5, True): (3, 0, 0.0)}
sys.exit(0 if seen == want else 1)
PY
env/bin/python try.py
