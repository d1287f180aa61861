#!/usr/bin/env bash
# vectorclock 0.5.3 (PyPI): compare(other, tiebreak=True) is to settle which of two unordered versions is the newer one,
# and the README says that the order it picks is deterministic.
# One would expect an order: replicas that got the same versions and keep the newest all keep the same one.
# What happens: it goes round. Where the highest counts are equal the clocks are compared as JSON text, in which 10 comes
# before 9. One version beats the next, that the third, and the third the first, so what is kept depends on what came
# last: the replicas differ for good, and one keeps a version that a later edit, which it was given too, had replaced.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check vectorclock==0.5.3
cat >try.py <<'PY'
from importlib.metadata import version
from itertools import permutations
import sys

from vectorclock.vectorclock import VectorClock

versions = {
    "first": VectorClock({"anna": 9, "ben": 20}),
    "first, edited": VectorClock({"anna": 10, "ben": 20}),
    "other": VectorClock({"anna": 20, "ben": 1}),
}
edited_is_later = versions["first"] < versions["first, edited"]


def keep(names):
    kept = names[0]
    for name in names[1:]:
        if versions[name].compare(versions[kept], tiebreak=True) > 0:
            kept = name
    return kept


kept = {order: keep(order) for order in permutations(versions)}
print(f"vectorclock {version('vectorclock')}, Python {sys.version.split()[0]}; the edit is later: {edited_is_later}")
for order, name in kept.items():
    print(f"came as {' / '.join(order)}: kept {name!r}")
sys.exit(0 if edited_is_later and set(kept.values()) == set(versions) else 1)
PY
env/bin/python try.py
