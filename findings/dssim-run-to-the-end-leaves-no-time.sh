#!/usr/bin/env bash
# dssim 1.3.0 (PyPI), discrete-event simulation, with a layer that has SimPy's calls, so that models need not be rewritten. A car
# parks for 5; run() without a limit goes on until nothing is left to do. Then a second car is added, and run() is called again.
# One would expect the time to stay at the last event, 5, and the second car to be done at 10: so it is in SimPy itself.
# What happens: a run without a limit sets the time to infinity. What is read off the clock after it (averages, rates) is worth
# nothing, and what is scheduled later is due at infinity too, so it never runs: the second run() does nothing, and says so to
# nobody. The library's own calls, without that layer, do the same.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check dssim==1.3.0 simpy==4.1.2
cat >try.py <<'PY'
import sys
from importlib.metadata import version

import simpy
from dssim import DSSimulation
from dssim.pubsub.parity import simpy as parity


def with_simpy_calls(module):
    env, done = module.Environment(), []

    def car(name):
        yield env.timeout(5)
        done.append(f"{name} at {env.now:g}")

    env.process(car("first"))
    env.run()
    between = env.now
    env.process(car("second"))
    env.run()
    return done, between


def with_own_calls():
    sim, done = DSSimulation(), []

    async def car(name):
        await sim.wait(5)
        done.append(f"{name} at {sim.time:g}")

    sim.schedule(0, car("first"))
    sim.run()
    between = sim.time
    sim.schedule(0, car("second"))
    sim.run()
    return done, between


print(f"dssim {version('dssim')}, simpy {version('simpy')}, Python {sys.version.split()[0]}")
theirs, layer, own = with_simpy_calls(simpy), with_simpy_calls(parity), with_own_calls()
for name, (done, between) in {"SimPy": theirs, "dssim, SimPy's calls": layer, "dssim, its own calls": own}.items():
    print(f"{name}: the time after the first run is {between:g}; done: {', '.join(done)}")
never = (["first at 5"], float("inf"))
sys.exit(0 if theirs == (["first at 5", "second at 10"], 5) and layer == own == never else 1)
PY
env/bin/python -W ignore try.py
