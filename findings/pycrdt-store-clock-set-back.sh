#!/usr/bin/env bash
# pycrdt-store 0.1.5 (PyPI) with pycrdt 0.14.13: SQLiteYStore, which saves a checkpoint after every 100 updates by default.
# One would expect that what was written is read again: updates of a CRDT need no clock, and each was stored.
# What happens: a document is read as the checkpoint and the updates whose time of day is not before it. Where the clock
# went back after a checkpoint (corrected time, another machine), all edits made since are in the file and never loaded.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check pycrdt==0.14.13 pycrdt-store==0.1.5 sqlite-anyio==0.2.10 anyio==4.16.0
cat >try.py <<'PY'
from importlib.metadata import version
import sys
import time

import anyio
from pycrdt import Doc, Text
from pycrdt.store import SQLiteYStore

clock = 1_700_000_000.0
time.time = lambda: clock


class Store(SQLiteYStore):
    db_path = "store.db"


async def main():
    global clock
    doc = Doc()
    text = doc.get("text", type=Text)
    updates = []
    doc.observe(lambda event: updates.append(event.update))
    async with Store(path="document") as store:
        for _ in range(100):
            text += "."
            await store.write(updates.pop())
            clock += 1
        clock -= 3600
        text += " written after the clock was put right"
        await store.write(updates.pop())
        again = Doc()
        await store.apply_updates(again)
        read = str(again.get("text", type=Text))
        kept = len([update async for update in store.read()])
    print(f"pycrdt-store {version('pycrdt-store')}, pycrdt {version('pycrdt')}, Python {sys.version.split()[0]}")
    print(f"{kept} updates in the file; written {len(str(text))} characters, loaded {len(read)}")
    return kept == 101 and read == "." * 100


sys.exit(0 if anyio.run(main) else 1)
PY
env/bin/python try.py
