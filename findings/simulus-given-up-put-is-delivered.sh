#!/usr/bin/env bash
# simulus 1.2.1 (PyPI), discrete-event simulation: a store with room for one object. A producer puts "first", then tries to put
# "second" but waits no longer than 5 for room; it is told that the time ran out. Later it puts "third".
# One would expect the consumer to get "first" and then "third": "second" never went in.
# What happens: an object is laid into the store's own list as soon as its putter begins to wait, and giving up does not take
# it out. The consumer gets "first" and "second", and "third" stays behind, though the store says that it is empty. From then
# on each get() gives the object before the right one. When the producer does not try "second" at all, it is as expected.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check simulus==1.2.1 greenlet==3.5.6
cat >try.py <<'PY'
import sys
from importlib.metadata import version

import simulus


def run(tries):
    sim = simulus.simulator()
    store = sim.store(capacity=1)
    told, got = [], []

    def producer():
        store.put(obj="first")
        if tries:
            done, timed_out = sim.wait(store.putter(obj="second"), 5)
            told.append("done" if done else "gave up" if timed_out else "?")
        sim.sleep(until=15)
        store.put(obj="third")

    def consumer():
        sim.sleep(10)
        got.append(store.get())
        sim.sleep(10)
        got.append(store.get())

    sim.process(producer)
    sim.process(consumer)
    sim.run(100)
    return told, got, store.level


print(f"simulus {version('simulus')}, Python {sys.version.split()[0]}")
plain, tried = run(False), run(True)
for name, (told, got, level) in {"second not tried": plain, "second tried": tried}.items():
    print(f"{name}: the producer was told {told}; the consumer got {got}; the store's level at the end is {level}")
asTold = plain == ([], ["first", "third"], 0) and tried == (["gave up"], ["first", "second"], 0)
sys.exit(0 if asTold else 1)
PY
env/bin/python try.py
