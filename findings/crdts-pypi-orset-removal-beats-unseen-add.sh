#!/usr/bin/env bash
# crdts 0.0.4 (PyPI), ORSet, an observed-removed set, in its own words add-biased. Two devices, apart: one adds "milk" anew,
# the other, which has done a lot else meanwhile, removes it.
# One would expect that the new "milk" stays on both: a removal takes what its author has observed, and this was not seen.
# What happens: the one with the higher logical clock wins, which is the one who did more, and an addition is favoured only
# at equal counts. The removal beats the addition that it knew nothing of, and "milk" is gone for both. With fewer other
# changes on that device the same two updates leave "milk" there.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check crdts==0.0.4
cat >try.py <<'PY'
import sys
from importlib.metadata import version

from crdts import ORSet, ScalarClock, StateUpdate


def send(update, peer):
    peer.update(StateUpdate.unpack(update.pack()))


def run(others):
    here, there = ORSet(clock=ScalarClock(uuid=b"list")), ORSet(clock=ScalarClock(uuid=b"list"))
    send(here.observe("milk"), there)
    added = here.observe("milk")
    sent = [there.observe(f"item {number}") for number in range(others)]
    sent.append(there.remove("milk"))
    send(added, there)
    for update in sent:
        send(update, here)
    return "milk" in here.read(), "milk" in there.read(), here.read() == there.read()


print(f"crdts {version('crdts')}, Python {sys.version.split()[0]}")
idle, busy = run(0), run(3)
for name, (here, there, same) in ("nothing else", idle), ("three other changes", busy):
    print(f"{name} before the removal: milk on the adding device {here}, on the removing one {there}, equal: {same}")
sys.exit(0 if idle == (True, True, True) and busy == (False, False, True) else 1)
PY
env/bin/python try.py
