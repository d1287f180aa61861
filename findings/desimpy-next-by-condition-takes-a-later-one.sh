#!/usr/bin/env bash
# desimpy 0.48.0 (PyPI), discrete-event simulation: cancel_next_event_by_condition and deactivate_next_event_by_condition
# act, as they say, on "the next event" for which a condition holds.
# One would expect the earliest such event.
# What happens: the queue is a heap, and it is searched in the order in which the heap lies in memory. So a later event may
# be taken: of the arrivals at 2 and at 5 the one at 5 is cancelled, and the one at 2 takes place. Had the arrivals been put
# in the other way round, it would be right. cancel_next_event, without a condition, does take the earliest.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check desimpy==0.48.0
cat >try.py <<'PY'
import sys
from importlib.metadata import version

from desimpy import Event, EventScheduler


def run(arrivals, how):
    scheduler, arrived = EventScheduler(), []
    scheduler.schedule(Event(1, context={"kind": "opening"}))
    for time in arrivals:
        scheduler.schedule(Event(time, lambda: arrived.append(scheduler.now), {"kind": "arrival"}))
    getattr(scheduler, how)(lambda _, event: event.context["kind"] == "arrival")
    scheduler.run_until_max_time(10)
    return arrived


print(f"desimpy {version('desimpy')}, Python {sys.version.split()[0]}")
right = True
for how in "cancel_next_event_by_condition", "deactivate_next_event_by_condition":
    one, other = run([2, 5], how), run([5, 2], how)
    print(f"{how}: of arrivals at 2 and 5 took place {one}; put in as 5 and 2: {other}")
    right = right and one == [5] and other == [2]
sys.exit(0 if right else 1)
PY
env/bin/python try.py
