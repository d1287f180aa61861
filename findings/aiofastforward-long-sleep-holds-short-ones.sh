#!/usr/bin/env bash
# aiofastforward 0.0.26 (PyPI), for tests of async code: forward(4) moves the loop's time by 4 seconds, as though they had
# passed; the README names a chain of ten sleeps that one forward goes through. A poller sleeps 1 second again and again.
# One would expect polls at 1, 2, 3 and 4, as on a real loop, whatever other tasks do.
# What happens: that is so while the poller is alone. When another task sleeps for longer than the forward, the time goes to 4
# at once, before the poller has had its turn: it polls once, and its clock reads 4 after a sleep of 1. A test of such a
# program sees fewer polls, at other times, than the program makes. Small steps with turns of the loop in between help.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check aiofastforward==0.0.26
cat >try.py <<'PY'
import asyncio
import contextlib
import sys
from importlib.metadata import version

from aiofastforward import FastForward


async def run(other, steps, second=1.0, turns=50):
    loop = asyncio.get_running_loop()
    polls = []
    with FastForward(loop) if steps else contextlib.nullcontext() as forward:
        start = loop.time()

        async def poller():
            for _ in range(4):
                await asyncio.sleep(second)
                polls.append(round((loop.time() - start) / second))

        tasks = [asyncio.create_task(poller())]
        if other:
            tasks.append(asyncio.create_task(asyncio.sleep(60 * second)))
        if steps:
            for step in steps:
                await forward(step)
                for _ in range(turns):  # turns of the loop, in which no time passes
                    turn = loop.create_future()
                    loop.call_soon(turn.set_result, None)
                    await turn
        else:
            await tasks[0]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return polls


print(f"aiofastforward {version('aiofastforward')}, Python {sys.version.split()[0]}")
real = asyncio.run(run(True, [], second=0.5))
alone = asyncio.run(run(False, [4]))
beside = asyncio.run(run(True, [4]))
small = asyncio.run(run(True, [1] * 4))
print(f"real loop, beside a sleep of 60: polls at {real}")
print(f"forward(4), the poller alone: polls at {alone}")
print(f"forward(4), beside a sleep of 60: polls at {beside}")
print(f"four times forward(1) with turns of the loop after each, beside a sleep of 60: polls at {small}")
sys.exit(0 if real == alone == small == [1, 2, 3, 4] and beside == [4] else 1)
PY
env/bin/python try.py
