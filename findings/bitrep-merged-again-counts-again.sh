#!/usr/bin/env bash
# bitrep 0.5.1 (PyPI), exact sums and "the CRDT layer": SumMap is "a CRDT map that converges without a coordinator", and next to
# its merge the README has "idempotent, order-invariant". Two devices each count what they have seen, and exchange their maps.
# One would expect that both have the sum of both, and that to merge the same map again changes nothing, as idempotent means.
# What happens: merge adds the other's sum, each time anew. Once merged there and back, the devices have different sums, and each
# further exchange makes them larger, with nothing new counted. ReplicatedSum of the same package, which is told the number of
# the replica with each value, ends at the same sum on both.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check bitrep==0.5.1
cat >try.py <<'PY'
import sys
from importlib.metadata import version

import bitrep


def run(title, phone, laptop, exchange, value):
    seen = []
    for _ in range(3):
        exchange(phone, laptop)  # the phone takes in the laptop's
        exchange(laptop, phone)
        seen.append((value(phone), value(laptop)))
    print(f"{title}: phone and laptop after each of three exchanges: {seen}")
    return seen


print(f"bitrep {version('bitrep')}, Python {sys.version.split()[0]}")
print("the phone counts 1.5 and 2.5, the laptop 10; together that is 14")
phone, laptop = bitrep.SumMap(), bitrep.SumMap()
for amount in (1.5, 2.5):
    phone.add("coffee", amount)
laptop.add("coffee", 10.0)
sums = run("SumMap", phone, laptop, lambda to, other: to.merge(other), lambda one: one.value("coffee"))
phone, laptop = bitrep.ReplicatedSum(), bitrep.ReplicatedSum()
for amount in (1.5, 2.5):
    phone.add(1, amount)
laptop.add(2, 10.0)
replicated = run("ReplicatedSum", phone, laptop, lambda to, other: to.join(other), lambda one: one.value())
sys.exit(0 if replicated == [(14.0, 14.0)] * 3 and sums == [(14.0, 24.0), (38.0, 62.0), (100.0, 162.0)] else 1)
PY
env/bin/python try.py
