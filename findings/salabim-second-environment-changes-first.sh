#!/usr/bin/env bash
# salabim 26.0.9 (PyPI), discrete-event simulation: an Environment is made with a random_seed of its own.
# One would expect that a model with a given seed runs the same whatever else is simulated beside it, and that random.seed
# in the program is heeded where no seed is passed.
# What happens: all environments share Python's global generator, and making one seeds it anew, with 1234567 where nothing
# is passed. A second environment changes the course of a first one under way, and programs that call random.seed with
# one seed per replication get the same replication each time.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check salabim==26.0.9
cat >try.py <<'PY'
from importlib.metadata import version
import random
import sys

import salabim as sim

sim.yieldless(False)  # no need of another package


def course(disturbed):
    env = sim.Environment(random_seed=5)
    service = sim.Uniform(0, 1, env=env)
    times = [service.sample()]
    if disturbed:
        sim.Environment(random_seed=9)
    return times + [service.sample(), service.sample()]


alone, beside = course(False), course(True)
replications = []
for seed in (1, 2, 3):
    random.seed(seed)
    replications.append(sim.Uniform(0, 1, env=sim.Environment()).sample())
print(f"salabim {version('salabim')}, Python {sys.version.split()[0]}")
print("same seed, alone:", [f"{time:.3f}" for time in alone], "with another made after the first draw:", [f"{time:.3f}" for time in beside])
print("random.seed(1), (2) and (3):", [f"{time:.3f}" for time in replications])
changed = alone[0] == beside[0] and alone[1:] != beside[1:]
sys.exit(0 if changed and course(False) == alone and len(set(replications)) == 1 else 1)
PY
env/bin/python try.py
