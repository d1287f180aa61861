#!/usr/bin/env bash
# vcdvcd 2.6.0 (PyPI), reader of VCD traces: signal[t], documented as the value of a signal at a given time.
# A trace may have several changes of a signal at one time: the format allows it, and the docs of pyvcd 0.5.1, which
# writes the one here, call it okay. One would expect signal[t] to be what the signal has come to at t.
# What happens: signal[t] is the first of these changes and signal[t + 1] the last. A counter that is reset and loaded
# at 20 reads 0 there, and seems to go to 12 at 21, where nothing in the trace changes. With one change it is right.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check vcdvcd==2.6.0 pyvcd==0.5.1 typing-extensions==4.15.0
cat >try.py <<'PY'
from importlib.metadata import version
import io
import sys

from vcd import VCDWriter
from vcdvcd import VCDVCD

out = io.StringIO()
with VCDWriter(out, timescale="1 ns", date="none") as writer:
    count = writer.register_var("top", "count", "reg", size=4, init=7)
    ready = writer.register_var("top", "ready", "wire", size=1, init=0)
    writer.change(count, 20, 0)
    writer.change(count, 20, 12)
    writer.change(ready, 20, 1)
    writer.change(count, 30, 13)
trace = VCDVCD(vcd_string=out.getvalue())
count, ready = trace["top.count"], trace["top.ready"]
read = [(time, int(count[time], 2), ready[time]) for time in (19, 20, 21, 29, 30)]
print(f"vcdvcd {version('vcdvcd')}, pyvcd {version('pyvcd')}, Python {sys.version.split()[0]}")
print("changes of the counter:", count.tv)
print("time, counter and ready as read:", read)
sys.exit(0 if read == [(19, 7, "0"), (20, 0, "1"), (21, 12, "1"), (29, 12, "1"), (30, 13, "1")] else 1)
PY
env/bin/python try.py
