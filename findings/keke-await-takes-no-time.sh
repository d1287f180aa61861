#!/usr/bin/env bash
# keke 0.2.0 (PyPI), which writes traces for Perfetto: @ktrace() puts each call of a function in the trace as one span.
# One would expect the span of an async function to last as long as it runs: the code has a branch of its own for these.
# What happens: that branch asks if the function is a coroutine, which no function is. The span ends when the coroutine
# is made, before its first line: what takes 5 seconds is written as 0. Of a plain function or an async generator with
# the same work the length is right, and what an async function does lies outside its own span.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check keke==0.2.0
cat >try.py <<'PY'
from importlib.metadata import version
import asyncio
import io
import json
import sys

import keke

clock = 100.0
out = io.StringIO()


def work():
    global clock
    with keke.kev("work"):
        clock += 5  # the trace reads this clock: five seconds go by


@keke.ktrace()
def plain():
    work()


@keke.ktrace()
async def generator():
    work()
    yield


@keke.ktrace()
async def function():
    await asyncio.sleep(0)
    work()


async def main():
    plain()
    async for _ in generator():
        pass
    await function()


with keke.TraceOutput(out, clock=lambda: clock, close_output_file=False):
    asyncio.run(main())
spans = [e for e in json.loads(out.getvalue()) if e.get("ph") == "X" and e.get("cat") != "gc"]
length = {e["name"]: e["dur"] / 1_000_000 for e in spans}
print(f"keke {version('keke')}, Python {sys.version.split()[0]}")
print("in the order written:", [(e["name"], f"{e['ts'] / 1e6:g} to {(e['ts'] + e['dur']) / 1e6:g}") for e in spans])
sys.exit(0 if length == {"work": 5, "plain": 5, "generator": 5, "function": 0} else 1)
PY
env/bin/python try.py
