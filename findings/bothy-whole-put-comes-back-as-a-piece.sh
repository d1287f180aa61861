#!/usr/bin/env bash
# bothy 0.4.0 (PyPI), a local-first store that syncs through a shared folder; put() replaces a whole document. The phone deletes
# a mission while the laptop, a moment later and not knowing, puts it again in full with another speed. Then both sync.
# One would expect the later put to win with the whole document, or else the deletion to win with nothing.
# What happens: put() notes only the fields that differ from what was there. The deletion takes the others, so both devices,
# the laptop too, end with a mission of a speed alone: its goal is gone, though the laptop has just written it. The conflict
# log names no lost goal. When every field was changed by the put, the document is whole.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check bothy==0.4.0
cat >try.py <<'PY'
import os
import sys
import time
from importlib.metadata import version

import bothy


def run(name, last):
    os.makedirs(f"{name}/remote")
    devices = []
    for device in ("phone", "laptop"):
        remote = bothy.FolderRemote(f"{name}/remote")
        devices.append(bothy.Database.open(f"{name}/{device}.db", app_id="com.example.robot", remote=remote))
        devices[-1].init_or_join()
    phone, laptop = devices

    def sync():
        for _ in range(3):
            phone.sync()
            laptop.sync()

    phone.collection("missions").put("m1", {"goal": "dock", "speed": 1})
    sync()
    phone.collection("missions").delete("m1")
    time.sleep(0.05)
    laptop.collection("missions").put("m1", last)
    before = laptop.collection("missions").get("m1")
    sync()
    after = [one.collection("missions").get("m1") for one in devices]
    lost = sorted({conflict["field"] for one in devices for conflict in one.conflicts()})
    for one in devices:
        one.close()
    return before, after, lost


print(f"bothy {version('bothy')}, Python {sys.version.split()[0]}")
part = run("part", {"goal": "dock", "speed": 2})
whole = run("whole", {"goal": "charge", "speed": 2})
for name, (before, after, lost) in {"put with a new speed": part, "put with all new": whole}.items():
    print(f"{name}: the laptop has {before}; after the sync the phone has {after[0]}, the laptop {after[1]}; in the log: {lost}")
asTold = part[1] == [{"speed": 2}] * 2 and "goal" not in part[2] and whole[1] == [{"goal": "charge", "speed": 2}] * 2
sys.exit(0 if asTold else 1)
PY
env/bin/python try.py
