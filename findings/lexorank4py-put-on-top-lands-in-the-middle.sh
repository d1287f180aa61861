#!/usr/bin/env bash
# lexorank4py 0.1.0 (PyPI): ranks that are sorted as text. initialize_lexorank(n) ranks n items, and get_rank_before(first)
# gives the rank "for inserting at the head".
# One would expect that the new rank sorts before the first one, at least until there is no room.
# What happens: it is halved as a number and written without its leading zero. From 35 items on ranks have two characters, so
# half of "0v" becomes "f" and not "0f": of 40 items, what was put on top comes 18th. From a bare "1" it goes to "0" and
# stays there: two items with one rank. No error in either case, and there is no flag that asks for new ranks.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check lexorank4py==0.1.0
cat >try.py <<'PY'
import sys
from importlib.metadata import version

from lexorank import get_rank_before, initialize_lexorank

ranks = initialize_lexorank(40)
top = get_rank_before(ranks[0])
place = sorted([*ranks, top]).index(top) + 1

few = initialize_lexorank(5)
heads = [few[0]]
for _ in range(5):
    heads.append(get_rank_before(heads[-1]))

print(f"lexorank4py {version('lexorank4py')}, Python {sys.version.split()[0]}")
print(f"40 items from {ranks[0]!r} to {ranks[-1]!r}, in order: {ranks == sorted(ranks)}")
print(f"put before {ranks[0]!r}: rank {top!r}, which is place {place} of 41")
print(f"5 items, one after the other put on top: {heads}")
sys.exit(0 if ranks == sorted(ranks) and (ranks[0], top, place) == ("0v", "f", 18) and heads[-2:] == ["0", "0"] else 1)
PY
env/bin/python try.py
