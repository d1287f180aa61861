#!/usr/bin/env bash
# event-graph-sim 3.4.0 (PyPI), the Python simplekit: discrete-event simulation by event graphs. cancel_next(event) is to cancel
# "the next occurrence of the specified event". An alarm is set for 10; at 5 it is cancelled, and set anew, as timers are.
# One would expect the alarm at its new time only, and that a cancel with no alarm set does nothing.
# What happens: a cancel is only noted, and strikes whichever alarm comes up first, later on. One that is set anew for 7 is struck
# itself, and the old one still rings at 10. One that is set long after a cancel which found none never rings. Only where the new
# time is after the old one is all as expected.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check event-graph-sim==3.4.0
cat >try.py <<'PY'
import sys
from importlib.metadata import version

from event_graph_sim import SimpleKit


class Clock(SimpleKit):
    def __init__(self, first, off, on, again):
        SimpleKit.__init__(self)
        self.plan = (first, off, on, again)
        self.rang = []

    def init(self):
        first, off, on, _ = self.plan
        self.schedule(self.alarm, first)
        self.schedule(self.switch_off, off, priority=1)
        self.schedule(self.switch_on, on, priority=2)

    def switch_off(self):
        self.cancel_next(self.alarm)

    def switch_on(self):
        self.schedule(self.alarm, self.plan[3] - self.model_time)

    def alarm(self):
        self.rang.append(self.model_time)


def run(*plan):
    clock = Clock(*plan)
    clock.run()
    return clock.rang


later, sooner, after = run(10, 5, 5, 13), run(10, 5, 5, 7), run(1, 2, 20, 30)
print(f"event-graph-sim {version('event-graph-sim')}, Python {sys.version.split()[0]}")
print(f"set for 10, cancelled at 5 and set for 13: it rings at {later}")
print(f"set for 10, cancelled at 5 and set for 7: it rings at {sooner}")
print(f"rings at 1, cancelled at 2 when none is set, at 20 set for 30: it rings at {after}")
sys.exit(0 if (later, sooner, after) == ([13], [10], [1]) else 1)
PY
env/bin/python try.py
