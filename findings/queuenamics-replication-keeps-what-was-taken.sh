#!/usr/bin/env bash
# queuenamics 0.8.4 (PyPI), discrete-event simulation: run(replications=n) runs a model n times, as n "independent
# replications", to get means and confidence intervals. Patients seize one of two nurses, are treated, and release the nurse.
# One would expect n equal runs here, as all times are constant, each as good as the run of a fresh model.
# What happens: a Resource that is used by Seize and Release is not reset. Whatever is held when a run ends stays taken, so that
# the second run begins with no nurse, and nobody is treated in it or in any later one. The mean and the interval count those.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check queuenamics==0.8.4 rich==15.0.0
cat >try.py <<'PY'
import sys
from importlib.metadata import version

from queuenamics import FIFO, Constant, Model, Queue, Release, Resource, Seize, Server, Sink, Source


def clinic():
    model = Model(seed=1)
    nurses = Resource("nurses", capacity=2)
    model.add_resource(nurses)
    path = [
        Source("door", arrival=Constant(3)),
        Seize("get", nurses),
        Queue("line", discipline=FIFO()),
        Server("room", service=Constant(4)),
        Release("free", nurses),
        Sink("exit"),
    ]
    for here, there in zip(path, path[1:]):
        model.connect(here, there)
    return model


print(f"queuenamics {version('queuenamics')}, Python {sys.version.split()[0]}")
fresh = []
for _ in range(4):
    model = clinic()
    model.run(time=50, progress=False)
    fresh.append(model.stats.report()["sinks"]["exit"]["completed"])
results = clinic().run(time=50, progress=False, replications=4)
replicated = results.values("sinks.exit.completed")
print(f"patients treated in 4 runs of a fresh model: {fresh}")
print(f"patients treated in 4 replications of one model: {replicated}, mean {results.mean('sinks.exit.completed')}")
sys.exit(0 if fresh == [11] * 4 and replicated == [11, 0, 0, 0] else 1)
PY
env/bin/python try.py
