#!/usr/bin/env bash
# snowflake-id 1.0.2 (PyPI), whose generator gives None while the clock is behind its last ID, and which can go on from
# a saved ID (README, "Load generator state": Snowflake.parse with the epoch, then from_snowflake).
# One would expect that it then never gives an ID twice, also where the clock was set back meanwhile: a generator that
# was not restarted refuses, and with no epoch the loading itself raises an error.
# What happens: with an epoch, the saved time (counted from the epoch) has the epoch taken off once more, so it lies far
# in the past and guards nothing: after a restart with the clock set back the same IDs come again, with no warning.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check snowflake-id==1.0.2
cat >try.py <<'PY'
from importlib.metadata import version
import sys
import time

wall = 0.0
time.time = lambda: wall  # the package takes this clock when it is imported, so it is put in place before

from snowflake import Snowflake, SnowflakeGenerator


def run(epoch):
    """Gives IDs at one time and two seconds later, sets the clock back, and asks the old and a restored generator."""
    global wall
    wall = 1_700_000_000.0
    running = SnowflakeGenerator(42, epoch=epoch)
    wall += 1
    given = [next(running) for _ in range(3)]
    wall += 2
    given.append(next(running))
    wall -= 2
    kept_on = next(running)
    try:
        restored = SnowflakeGenerator.from_snowflake(Snowflake.parse(given[-1], epoch))
        again = [next(restored) for _ in range(3)]
    except ValueError:
        again = "refused"
    return given, kept_on, again


print(f"snowflake-id {version('snowflake-id')}, Python {sys.version.split()[0]}")
for epoch in (0, 1_288_834_974_657):
    given, kept_on, again = run(epoch)
    print(f"epoch {epoch}: given {given}")
    print(f"  clock set back: the generator that runs on gives {kept_on}, the restored one {again}")
    seen = kept_on is None and again == (given[:3] if epoch else "refused")
    if not seen:
        sys.exit(1)
PY
env/bin/python try.py
