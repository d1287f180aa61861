#!/usr/bin/env bash
# pyvcd 0.5.1 (PyPI), VCDWriter: an "event" variable has no value, only the times at which it fired.
# One would expect every change() of an event in the file, or an error; the docs say that changes made while the time
# still is 0 go into the $dumpvars section.
# What happens: for an event they go nowhere. The first section is written with the first later time, and leaves events
# out. An event that fired at the start of the simulation is gone without a word; after flush() the same call is kept.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check pyvcd==0.5.1 typing-extensions==4.15.0
cat >try.py <<'PY'
from importlib.metadata import version
import io
import sys

from vcd import VCDWriter
from vcd.reader import TokenKind, tokenize


def fired(flush_first):
    out = io.StringIO()
    with VCDWriter(out, timescale="1 ns", date="none") as writer:
        reset = writer.register_var("top", "reset", "event")
        level = writer.register_var("top", "level", "wire", size=1, init=0)
        if flush_first:
            writer.flush()
        for time in (0, 10, 20):
            writer.change(reset, time, True)
            writer.change(level, time, time != 10)
    seen, now = {"reset": [], "level": []}, None
    for token in tokenize(io.BytesIO(out.getvalue().encode())):
        if token.kind is TokenKind.CHANGE_TIME:
            now = token.time_change
        elif token.kind is TokenKind.CHANGE_SCALAR:
            name = "reset" if token.scalar_change.id_code == reset.ident else "level"
            seen[name].append((now, token.scalar_change.value))
    return seen


plain, flushed = fired(False), fired(True)
print(f"pyvcd {version('pyvcd')}, Python {sys.version.split()[0]}")
print("fired and changed at 0, 10 and 20; in the file:", plain)
print("with flush() before:", flushed)
times = [[time for time, _ in seen["reset"]] for seen in (plain, flushed)]
same = plain["level"] == [(0, "1"), (10, "0"), (20, "1")]
sys.exit(0 if times == [[10, 20], [0, 10, 20]] and same else 1)
PY
env/bin/python try.py
