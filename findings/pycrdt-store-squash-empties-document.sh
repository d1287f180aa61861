#!/usr/bin/env bash
# pycrdt-store 0.1.5 (PyPI) with pycrdt 0.14.13: SQLiteYStore, set to squash the history of a document left alone for an hour.
# One would expect that squashing puts the many stored updates into one that holds the same document, as the name says.
# What happens: unless a compression was registered too, the updates are deleted and an empty one is stored in their
# place. The write that sets this off waits on what is gone, so the document reads as empty from then on, without a word.
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
time.time = lambda: clock  # to let two hours pass at once


class Store(SQLiteYStore):
    db_path = "store.db"
    squash_after_inactivity_of = 3600


async def stored(store):
    doc = Doc()
    await store.apply_updates(doc)
    return str(doc.get("text", type=Text))


async def main():
    global clock
    doc = Doc()
    text = doc.get("text", type=Text)
    updates = []
    doc.observe(lambda event: updates.append(event.update))
    async with Store(path="document") as store:
        for words in ("one ", "two "):
            text += words
            await store.write(updates.pop())
            clock += 1
        before = await stored(store)
        clock += 7200
        text += "three "
        await store.write(updates.pop())
        after = await stored(store)
    print(f"pycrdt-store {version('pycrdt-store')}, pycrdt {version('pycrdt')}, Python {sys.version.split()[0]}")
    print(f"written {str(text)!r}; stored before the squash {before!r}, after it {after!r}")
    return (before, after) == ("one two ", "")


sys.exit(0 if anyio.run(main) else 1)
PY
env/bin/python try.py
