#!/usr/bin/env bash
# desim-python 1.0.0 (PyPI), discrete-event simulation: run_to(t, ...) is to run "up to a certain point in time".
# One would expect that events later than t are left for a next run, and that the clock is at t at most.
# What happens: the time of the last event is compared with t, not that of the next one. So the first event past t takes
# place too, however far off: a run to 10 carries out what was set for 100 and leaves the clock there. No error. Only where
# an event lies exactly at t is that the last one, as one would guess.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check desim-python==1.0.0
cat >try.py <<'PY'
import sys
from importlib.metadata import version

from desim import DiscreteEvent, DiscreteEventQueue, run_to


class Alarm(DiscreteEvent):
    def _run(self, env):
        env.append(self.t)
        return []


def run(times):
    queue, rung = DiscreteEventQueue(), []
    queue.add_events([Alarm(time) for time in times])
    run_to(10, queue, rung)
    return rung, queue.t


print(f"desim-python {version('desim-python')}, Python {sys.version.split()[0]}")
exact, past = run([1, 10, 100]), run([1, 9, 100])
print(f"run to 10 of events at 1, 10 and 100: took place {exact[0]}, clock at {exact[1]}")
print(f"run to 10 of events at 1, 9 and 100: took place {past[0]}, clock at {past[1]}")
sys.exit(0 if exact == ([1, 10], 10) and past == ([1, 9, 100], 100) else 1)
PY
env/bin/python try.py
