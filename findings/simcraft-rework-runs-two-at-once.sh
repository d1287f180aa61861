#!/usr/bin/env bash
# simcraft 1.0.1 (PyPI), discrete-event simulation: a Server has a queue and a capacity, "number of parallel servers". Here
# it is 1, each service takes 10, and parts A and B come at 0. Part A has to go through the same server once more.
# One would expect B at 10 and A's second round at 20: A joins the queue behind B, and only one part is worked on at a time.
# What happens: when the departure callback puts A back, A starts at once, ahead of B who has waited; then B is started as
# well, with no look at the capacity. From 10 to 20 the one server works on two parts, and all is done at 20 instead of 30.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check simcraft==1.0.1 sortedcontainers==2.4.0 numpy==2.4.6
cat >try.py <<'PY'
import sys
from importlib.metadata import version

from simcraft import Server, Simulation


class Line(Simulation):
    def __init__(self, rework):
        super().__init__()
        self.rework = set(rework)
        self.starts, self.most, self.end = [], 0, 0
        self.server = Server(self, capacity=1, service_time=10.0)
        self.server.on_service_start(self.started)
        self.server.on_departure(self.departed)

    def on_init(self):
        for part in "AB":
            self.schedule(self.server.enqueue, delay=0, args=(part,))

    def started(self, part):
        self.starts.append(f"{part} at {self.now:g}")
        self.most = max(self.most, self.server.in_service_count)

    def departed(self, part):
        self.end = self.now
        if part in self.rework:
            self.rework.discard(part)
            self.server.enqueue(part)


def run(rework):
    line = Line(rework)
    line.run(until=100)
    return line.starts, line.most, line.end


print(f"simcraft {version('simcraft')}, Python {sys.version.split()[0]}")
once, again = run(""), run("A")
for name, (starts, most, end) in {"each once": once, "A once more": again}.items():
    print(f"{name}: started {', '.join(starts)}; at most {most} in service at a time, of capacity 1; all done at {end:g}")
asTold = once == (["A at 0", "B at 10"], 1, 20) and again == (["A at 0", "A at 10", "B at 10"], 2, 20)
sys.exit(0 if asTold else 1)
PY
env/bin/python try.py
