#!/usr/bin/env bash
# pycrdt 0.14.13 (PyPI), Python bindings of Yrs: an UndoManager with its defaults, and updates that come from a peer.
# One would expect that undo takes back the last local change: its docs say that changes can be included or excluded by
# origin, and Doc.apply_update, the documented way to take in a peer's update, has no origin to give.
# What happens: what a peer sent counts as the user's own change. The first undo deletes the peer's words, and the
# deletion is then sent to the peer as well.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check pycrdt==0.14.13
cat >try.py <<'PY'
from importlib.metadata import version
import sys

from pycrdt import Doc, Text, UndoManager

mine, theirs = Doc(client_id=1), Doc(client_id=2)
my_text = mine.get("text", type=Text)
their_text = theirs.get("text", type=Text)


def send(source, target):
    target.apply_update(source.get_update(target.get_state()))


undo = UndoManager(scopes=[my_text], capture_timeout_millis=0)
my_text += "mine "
send(mine, theirs)
their_text += "theirs"
send(theirs, mine)
before = str(my_text)
undo.undo()
send(mine, theirs)
print(f"pycrdt {version('pycrdt')}, Python {sys.version.split()[0]}")
print(f"before my undo {before!r}, after it {str(my_text)!r} here and {str(their_text)!r} there")
sys.exit(0 if (before, str(my_text), str(their_text)) == ("mine theirs", "mine ", "mine ") else 1)
PY
env/bin/python try.py
