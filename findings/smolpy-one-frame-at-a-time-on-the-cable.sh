#!/usr/bin/env bash
# smolpy 0.7.0 (PyPI), simulation of networks on SimPy: a link has a speed in Mb/s and a length in metres. One machine sends
# 486 Mb/s to another over a full-duplex link of 1000 Mb/s, less than half of what it carries.
# One would expect the same throughput at any length, and a longer cable to add its delay to each frame: 5 us for each km.
# What happens: the next frame is sent only when the last one has arrived at the far end, as if a cable held one frame at a time.
# At 10 km 195 Mb/s come through, and the delay is no 62 us but grows as long as it runs; at 100 km it is 24 Mb/s. The use of the
# link is told as 20 or 2 percent, so that it looks idle. Up to 1 km all is as expected.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
# Its dashboard and its language need large packages, which are left out here: the simulation itself needs these two.
env/bin/pip install --quiet --disable-pip-version-check simpy==4.1.2 networkx==3.6.1
env/bin/pip install --quiet --disable-pip-version-check --no-deps smolpy==0.7.0
cat >try.py <<'PY'
import sys
from importlib.metadata import version

from smolpy import Network


def run(km):
    net = Network("two")
    near = net.adapter("near", ip="10.0.0.1")
    far = net.adapter("far", ip="10.0.0.2")
    net.link(near, far, speed=1_000, length=km * 1_000)
    near.sends(to=far, rate=40_000, size=1_518, pattern="constant")
    for metric in ("throughput", "latency", "utilization"):
        net.observe(metric, on=far, every=50)
    seen = net.simulate(duration=200).metrics
    return [seen[f"{metric}:far"][-1][1] for metric in ("throughput", "latency", "utilization")]


print(f"smolpy {version('smolpy')}, simpy {version('simpy')}, Python {sys.version.split()[0]}")
seen = {}
for km in (0.01, 1, 10, 100):
    rate, delay, used = run(km)
    seen[km] = round(rate), delay
    print(f"{km:g} km: {rate:.0f} of 486 Mb/s arrive, {delay:.0f} us after they were sent, the link is used to {used:.0f} %")
near = seen[0.01][0] == seen[1][0] == 486 and abs(seen[1][1] - 17) < 1
sys.exit(0 if near and seen[10][0] == 196 and seen[10][1] > 50_000 and seen[100][0] == 24 else 1)
PY
env/bin/python try.py
