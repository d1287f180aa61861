#!/usr/bin/env bash
# hlcpy 0.0.2 (PyPI), a hybrid logical clock: timestamps that follow cause and effect, with to_bytes and from_bytes.
# One would expect that to_bytes keeps only milliseconds (it says so) yet never turns an order round: cause stays first.
# What happens: nanoseconds are rounded up to milliseconds while the logical count is kept as it was. A later event with a
# fresh count of 0 then sorts before an earlier one of the same millisecond with a count of 3: effect before cause.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check hlcpy==0.0.2 iso8601==2.1.0
cat >try.py <<'PY'
from importlib.metadata import version
import sys
import time

from hlcpy import HLC

wall = 1_700_000_000_000_100_000
time.time_ns = lambda: wall

clock = HLC.from_now()
for _ in range(3):  # three events while the wall clock shows the same nanosecond
    clock.sync()
cause = HLC(*clock.tuple())
wall += 500_000  # half a millisecond later
clock.merge(cause)  # the message of that event is received
effect = HLC(*clock.tuple())
turned = [HLC.from_bytes(event.to_bytes()) for event in (cause, effect)]
print(f"hlcpy {version('hlcpy')}, Python {sys.version.split()[0]}")
print(f"cause {cause.tuple()} < effect {effect.tuple()}: {cause < effect}")
print(f"as bytes: {turned[0].tuple()} < {turned[1].tuple()}: {turned[0] < turned[1]}")
sys.exit(0 if cause < effect and turned[1] < turned[0] else 1)
PY
env/bin/python try.py
