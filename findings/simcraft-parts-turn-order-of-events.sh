#!/usr/bin/env bash
# simcraft 1.0.1 (PyPI), discrete-event simulation of models that are made of parts, all on one clock. Events of one time and
# one priority are to run in the order in which they were scheduled (the docstring: the first scheduled first).
# One would expect that for a whole model: an order that the factory books before it tells the machine to start is there first.
# What happens: each part counts its own events, and these counts are compared with one another. A part that has scheduled
# little so far goes before one that has scheduled much, so the machine starts before the order is booked. How much each has
# scheduled earlier, even for another time, decides; in a fresh model the same two lines run in order.
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


class Machine(Simulation):
    def start(self, log):
        self.schedule(log.append, delay=1, args=("machine starts",))


class Factory(Simulation):
    def __init__(self, earlier):
        super().__init__()
        self.machine = Machine(parent=self)
        self.earlier, self.log = earlier, []

    def on_init(self):
        for _ in range(self.earlier):
            self.schedule(lambda: None, delay=0.5)
        self.schedule(self.log.append, delay=1, args=("order is booked",))
        self.machine.start(self.log)


def run(earlier):
    factory = Factory(earlier)
    factory.run(until=10)
    return factory.log


print(f"simcraft {version('simcraft')}, Python {sys.version.split()[0]}")
fresh, busy = run(0), run(3)
print(f"the two events, nothing scheduled before: {', then '.join(fresh)}")
print(f"three other events scheduled before: {', then '.join(busy)}")
asTold = fresh == ["order is booked", "machine starts"] and busy == ["machine starts", "order is booked"]
sys.exit(0 if asTold else 1)
PY
env/bin/python try.py
