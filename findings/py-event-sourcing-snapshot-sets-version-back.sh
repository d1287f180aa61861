#!/usr/bin/env bash
# py-event-sourcing 1.0.3 (PyPI), streams of events in SQLite, with snapshots for each read model (projection) by name. A stream
# is at version 5; a read model that lags behind has got to 3, and saves its snapshot with that version.
# One would expect the stream to stay at 5: nothing was written to it.
# What happens: the open stream then says that it is at 3. A write with the true version 5 is refused as a conflict ("but stream
# is at 3"), and a write with the stream's own version, 3, is refused too ("but stream is at 5"): nobody else wrote, and no
# guarded write goes through until one opens the stream anew. A watch() from "now" first hands out events 4 and 5 again.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check py-event-sourcing==1.0.3 aiosqlite==0.22.1 pydantic==2.14.4
cat >try.py <<'PY'
import asyncio
import logging
import sys
from importlib.metadata import version

from py_event_sourcing import CandidateEvent, sqlite_stream_factory

logging.disable(logging.CRITICAL)


async def write(stream, expected):
    try:
        return f"written as {await stream.write(CandidateEvent(type='Added', data=b'x'), expected_version=expected)}"
    except ValueError as error:
        return str(error)


async def run(path, snapshot_of):
    async with sqlite_stream_factory(path) as open_stream, open_stream("cart") as stream:
        await stream.write([CandidateEvent(type="Added", data=b"x") for _ in range(5)])
        await stream.snapshot(b"total", version=snapshot_of, projection_name="totals")
        says = stream.version
        answers = [await write(stream, expected) for expected in dict.fromkeys([says, 5])]
        async with open_stream("cart") as anew:
            answers.append(f"opened anew: {await write(anew, anew.version)}")
        return says, answers


async def main():
    return await run("five.db", 5), await run("three.db", 3)


print(f"py-event-sourcing {version('py-event-sourcing')}, Python {sys.version.split()[0]}")
five, three = asyncio.run(main())
for name, (says, answers) in {"snapshot of version 5": five, "snapshot of version 3": three}.items():
    print(f"{name}: the stream says it is at {says}; guarded writes: {'; '.join(answers)}")
refused = ["expected version 3, but stream is at 5", "expected version 5, but stream is at 3"]
asTold = five == (5, ["written as 6", "opened anew: written as 7"]) and three[0] == 3
asTold = asTold and [a.split(": ", 1)[1] for a in three[1]] == [*refused, "written as 6"]
sys.exit(0 if asTold else 1)
PY
env/bin/python try.py
