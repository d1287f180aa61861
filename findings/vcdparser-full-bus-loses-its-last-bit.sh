#!/usr/bin/env bash
# vcdparser 0.1.0 (PyPI), reader of waveform files (VCD), which gives each change of a signal as the text of its bits, or as a
# list of them (parse_values=True). A file that pyvcd 0.5.1 wrote has a bus of 8 bits with a few numbers on it.
# One would expect the numbers that were written.
# What happens: a number that needs all the bits of its bus loses the last of them, so that 165 is read as 82; up to 127 all is
# right. As a list, every number lacks its last bit: 100 is 50, and 1 is 0. Nothing tells of it.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check vcdparser==0.1.0 pyvcd==0.5.1
cat >try.py <<'PY'
import sys
from importlib.metadata import version

from vcd import VCDWriter
from vcdparser.parser import parse_vcd_file

written = [1, 100, 127, 128, 165, 255]
with open("bus.vcd", "w") as file, VCDWriter(file, timescale="1 ns", date="today") as writer:
    bus = writer.register_var("top", "bus", "wire", size=8, init=0)
    for time, number in enumerate(written, 1):
        writer.change(bus, time, number)


def read(as_list):
    vcd = parse_vcd_file("bus.vcd", parse_values=as_list)
    bits = [step.variables[vcd.get_id("bus")] for step in vcd.timesteps if step.timestamp > 0]
    return [int("".join(str(bit.value) for bit in some) if as_list else some, 2) for some in bits]


text, lists = read(False), read(True)
print(f"vcdparser {version('vcdparser')}, pyvcd {version('pyvcd')}, Python {sys.version.split()[0]}")
print(f"written:         {written}")
print(f"read, as texts:  {text}")
print(f"read, as lists:  {lists}")
sys.exit(0 if text == [1, 100, 127, 64, 82, 127] and lists == [0, 50, 63, 64, 82, 127] else 1)
PY
env/bin/python try.py
