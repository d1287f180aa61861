#!/usr/bin/env bash
# little-shelf 0.0.2 (PyPI), dictionaries that are kept in sync by patches, which may go over any channel.
# One would expect that a key which is left out by a set() is gone on the peer that merges the patch, as it is on the author.
# What happens: its tombstone is shown as a value. The peer has the key with None where the author has none, and the two do
# not compare as equal although both have all patches. Once the author merges anything, its own key is back, as None.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check little-shelf==0.0.2
cat >try.py <<'PY'
import json
import sys
from importlib.metadata import version

from littleshelf import LittleShelf

alice, bob = LittleShelf(), LittleShelf()


def send(patch, peer):
    peer.merge(json.loads(json.dumps(patch)))


send(alice.set(cart={"tea": 2, "milk": 1}), bob)
before = alice == bob
send(alice.set(cart={"tea": 2}), bob)
hers, his, same = dict(alice["cart"]), dict(bob["cart"]), alice == bob
send(bob.set(note="soon"), alice)
again = dict(alice["cart"])
print(f"little-shelf {version('little-shelf')}, Python {sys.version.split()[0]}")
print(f"equal at first: {before}; milk taken out: alice {hers}, bob {his}, equal: {same}")
print(f"alice, once bob has sent a note: {again}")
left, kept = {"tea": 2}, {"tea": 2, "milk": None}
sys.exit(0 if (before, hers, his, same, again) == (True, left, kept, False, kept) else 1)
PY
env/bin/python try.py
