#!/usr/bin/env bash
# python-pcapng 2.1.1 (PyPI), reads captures of packets (pcap-ng). An interface in such a file may tell, besides the unit of its
# times, an offset in seconds that is to be added to each (if_tsoffset), so that the packets themselves hold small numbers.
# One would expect a packet's timestamp with that offset added, as the format says: in a capture
# of a simulated run, or one from two devices, the offset is what puts them on one time line.
# What happens: the unit is heeded, the offset is read and shown among the options, but timestamp leaves it out. A packet of
# 2023 is dated 1970. With two interfaces the one that was later by the file comes out as earlier.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check python-pcapng==2.1.1
cat >try.py <<'PY'
import io
import struct
import sys
from importlib.metadata import version

from pcapng import FileScanner
from pcapng.blocks import EnhancedPacket


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def interface(offset):
    options = struct.pack("<HHB3x", 9, 1, 9)  # the unit: nanoseconds
    if offset:
        options += struct.pack("<HHq", 14, 8, offset)
    return block(1, struct.pack("<HHI", 1, 0, 65535) + options + bytes(4))


def packet(on, nanoseconds):
    return block(6, struct.pack("<IIIII", on, nanoseconds >> 32, nanoseconds & 0xFFFFFFFF, 4, 4) + b"data")


start = 1_700_000_000
whole, part = (start + 10) * 10**9, 15 * 10**9  # on an interface without an offset, on one with the offset
capture = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + interface(0) + interface(start)
capture += packet(0, whole) + packet(1, part)
seen = [(round(one.timestamp), one.interface.options.get("if_tsoffset")) for one in FileScanner(io.BytesIO(capture))
        if isinstance(one, EnhancedPacket)]
print(f"python-pcapng {version('python-pcapng')}, Python {sys.version.split()[0]}")
for (timestamp, offset), due in zip(seen, (start + 10, start + 15)):
    print(f"interface with the offset {offset}: the packet of {due} has the timestamp {timestamp}")
sys.exit(0 if seen == [(start + 10, None), (15, start)] else 1)
PY
env/bin/python try.py
