#!/usr/bin/env bash
# simulus 1.2.1 (PyPI), discrete-event simulation: a resource with one unit. A uses it until 10; B waits for it from 1 and C
# from 2. At 5 B is cancelled, as the README does with processes that are no longer wanted.
# One would expect C to have the unit at 10: B is gone, and never had anything to give back.
# What happens: B keeps its place in the queue. At 10 the unit is given to B, who is no more, so nobody ever gives it back: C
# and all who come later wait for good, and the run ends quietly with less done. Without the cancelling B and C are served.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check simulus==1.2.1 greenlet==3.5.6
cat >try.py <<'PY'
import sys
from importlib.metadata import version

import simulus


def run(cancelled):
    sim = simulus.simulator()
    desk = sim.resource(capacity=1)
    served = []

    def customer(name):
        desk.acquire()
        served.append(f"{name} at {sim.now:g}")
        sim.sleep(10)
        desk.release()

    came = {name: sim.process(customer, name, offset=offset) for name, offset in (("A", 0), ("B", 1), ("C", 2), ("D", 50))}
    if cancelled:
        sim.sched(sim.cancel, came[cancelled], offset=5)
    sim.run(1000)
    return served


print(f"simulus {version('simulus')}, Python {sys.version.split()[0]}")
none, b = run(None), run("B")
print(f"nobody cancelled: served {', '.join(none)}")
print(f"B cancelled while it waits: served {', '.join(b)}")
sys.exit(0 if none == ["A at 0", "B at 10", "C at 20", "D at 50"] and b == ["A at 0"] else 1)
PY
env/bin/python try.py
