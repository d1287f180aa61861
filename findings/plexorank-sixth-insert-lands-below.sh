#!/usr/bin/env bash
# plexorank 0.0.9 (PyPI): ranks for sorting by hand; create_mean_rank gives one between two neighbours. Its README says that
# an "n" added at the end, where no letter is left between, keeps the order, and that this goes on for hundreds of letters.
# One would expect that a new item which is always put second, just below a pinned first one, stays there.
# What happens: the ranks are halved as numbers, with "a" for zero, so a rank and the same one with "a" at the end count as
# equal. The sixth item between "bbbbbb" and "bbbbbba" gets "bbbbbban", which sorts below its lower neighbour. No error.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check plexorank==0.0.9
cat >try.py <<'PY'
import sys
from importlib.metadata import version

from plexorank.rank import create_mean_rank

ranks = {"pinned": "bbbbbb", "oldest": "bbbbbc"}


def shown():
    return sorted(ranks, key=ranks.get)


places = []
for number in range(1, 7):
    first, second = shown()[:2]
    ranks[f"news {number}"] = create_mean_rank(ranks[first], ranks[second])
    places.append(shown().index(f"news {number}") + 1)

print(f"plexorank {version('plexorank')}, Python {sys.version.split()[0]}")
print(f"six items, each put second, came to these places: {places}")
print("list:", ", ".join(f"{name} ({ranks[name]})" for name in shown()))
sys.exit(0 if places == [2, 2, 2, 2, 2, 3] and ranks["news 6"] == "bbbbbban" else 1)
PY
env/bin/python try.py
