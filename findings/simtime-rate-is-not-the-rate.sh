#!/usr/bin/env bash
# simtime 0.2.1 (PyPI), discrete-event simulation to measure processes under load: events come at a "rate_per_ms", constant or
# by a distribution (poisson, uniform, normal); its README has 0.1, a poisson and at most 10 of them.
# One would expect, over a long run, that rate on the average, and 10 events where 10 are the most.
# What happens: each gap is cut off to a whole millisecond, so that all rates are too high: a constant 0.6 is 1.0, a poisson 0.6
# is 0.8. With uniform, the mean gap is half of what it should be, so that any rate is doubled. And 10 at most makes 11. Only a
# constant rate with gaps of whole milliseconds is right. Who looks for the load that a queue can bear finds a wrong one.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check simtime==0.2.1
cat >try.py <<'PY'
import sys
import warnings
from importlib.metadata import version

from simtime import EventType, TimeSimulator, prepare_func

warnings.simplefilter("ignore")  # that the one after the end of the run will not execute


def run(rate, dist, most=None, until=100_000):
    sim = TimeSimulator(seed=7)
    came = []
    value = {"rate_per_ms": rate, "dist": dist, "max_events": most}
    arrival = prepare_func(EventType.RATE_BASED, lambda: came.append(sim.now()), value=value)
    sim.schedule(sim.create_event("arrival", arrival), at=0)
    sim.run(until_time=until)
    return len(came)


print(f"simtime {version('simtime')}, Python {sys.version.split()[0]}")
seen = {}
for dist in ("constant", "poisson", "normal", "uniform"):
    seen[dist] = [run(rate, dist) / 100_000 for rate in (0.1, 0.6)]
    print(f"{dist}: 0.1 asked for, {seen[dist][0]:.2f} come; 0.6 asked for, {seen[dist][1]:.2f} come")
most = run(0.1, "poisson", most=10)
print(f"at most 10 asked for: {most} come")
told = [round(rate, 1) for dist in seen for rate in seen[dist]]
sys.exit(0 if told == [0.1, 1.0, 0.1, 0.8, 0.1, 0.9, 0.2, 2.0] and most == 11 else 1)
PY
env/bin/python try.py
