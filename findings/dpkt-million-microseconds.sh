#!/usr/bin/env bash
# dpkt 1.9.8 (PyPI), writer of pcap files, where a packet's time is whole seconds and the microseconds past them.
# One would expect microseconds from 0 to 999999: what rounds up to a full second belongs into the next one.
# What happens: seconds are cut off and the rest is rounded by itself, so the last half of a microsecond of each second is
# written as 1000000 microseconds, which no clock shows. dpkt's own reader adds it up, so reading it back shows nothing.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check dpkt==1.9.8
cat >try.py <<'PY'
from importlib.metadata import version
import io
import struct
import sys

import dpkt

file = io.BytesIO()
writer = dpkt.pcap.Writer(file)
for time in (1_700_000_000.9999990, 1_700_000_000.9999997, 1_700_000_001.0):
    writer.writepkt(b"data", ts=time)
data = file.getvalue()
order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
fields = [struct.unpack_from(order + "II", data, 24 + place * 20) for place in range(3)]
print(f"dpkt {version('dpkt')}, Python {sys.version.split()[0]}")
print(f"seconds and microseconds in the file: {fields}")
sys.exit(0 if [fraction for _, fraction in fields] == [999_999, 1_000_000, 0] else 1)
PY
env/bin/python try.py
