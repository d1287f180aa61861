#!/usr/bin/env bash
# asimpy 0.20.0 (PyPI), discrete-event simulation: Environment.schedule, documented as running a callback at a time to come.
# One would expect that within a callback for time 5 the clock shows 5, so that "one later" means 6.
# What happens: the callback is run first and the clock set after, so it reads the time of the event before. What it puts
# off by 5, then by 1, is due in the past and runs at once: six units of work take five, and the log has wrong times.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check asimpy==0.20.0
cat >try.py <<'PY'
from importlib.metadata import version
import sys

from asimpy import Environment

env = Environment()


def first():
    env.log("first", "due at 5")
    env.schedule(env.now + 1, second)


def second():
    env.log("second", "due one after the first")


env.schedule(5, first)
env.run()
times = [time for time, _, _ in env.get_log()]
print(f"asimpy {version('asimpy')}, Python {sys.version.split()[0]}")
print(f"logged at {times}; the run ended at {env.now}")
sys.exit(0 if times == [0, 5] and env.now == 5 else 1)
PY
env/bin/python try.py
