#!/usr/bin/env bash
# asyncio-time-travel 0.3.0 (PyPI), an event loop for tests that skips the waiting. Its README says that code works on it
# just as on a normal loop, with events in the right order. Here a job of 3 s is started every 2 s, by call_at, as usual.
# One would expect that a start which is already overdue happens at once, and that the clock goes on from where it is.
# What happens: after each round the clock is set to the nearest time that was asked for, also where that has passed. It goes
# back to 2 from 3, to 4 from 5 and so on: five jobs of 3 s, one after the other, take 11 s, and the log is out of order.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check asyncio-time-travel==0.3.0
cat >try.py <<'PY'
import asyncio
import sys
from importlib.metadata import version

from asyncio_time_travel import TimeTravelLoop


def run(loop, unit):
    async def until(when):
        reached = loop.create_future()
        loop.call_at(when, reached.set_result, None)
        await reached

    async def jobs():
        first, seen = loop.time(), []
        for number in range(5):
            await until(first + 2 * number * unit)
            seen.append(round((loop.time() - first) / unit))
            await asyncio.sleep(3 * unit)
            seen.append(round((loop.time() - first) / unit))
        return seen

    return loop.run_until_complete(jobs())


normal = asyncio.new_event_loop()
real, travelled = run(normal, 0.1), run(TimeTravelLoop(), 1)
normal.close()
print(f"asyncio-time-travel {version('asyncio-time-travel')}, Python {sys.version.split()[0]}")
print(f"starts and ends of five jobs, normal loop: {real}")
print(f"                  the same on this loop: {travelled}")
sys.exit(0 if real == sorted(real) and real[-1] >= 15 and travelled == [0, 3, 2, 5, 4, 7, 6, 9, 8, 11] else 1)
PY
env/bin/python try.py
