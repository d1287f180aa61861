#!/usr/bin/env bash
# qns 0.2.3 (PyPI), SimQN, a discrete-event simulator of quantum networks: a ClassicChannel takes messages from one node to
# another, with a constant delay. One node sends six messages, one after the other, at one moment; the other notes what comes.
# One would expect them in the order in which they were sent, as on any channel whose delay is the same for all.
# What happens: they come in another order, since events of one time are taken out of a heap that knows only their times. A
# protocol that first sends the bases and then the result gets them the wrong way round. Sent a millisecond apart, or over a
# channel with a bandwidth, they come in order.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check qns==0.2.3 numpy==2.4.6 pandas==3.1.1
cat >try.py <<'PY'
import sys
from importlib.metadata import version

from qns.entity.cchannel.cchannel import ClassicChannel, ClassicPacket, RecvClassicPacket
from qns.entity.node.app import Application
from qns.entity.node.node import QNode
from qns.simulator.event import func_to_event
from qns.simulator.simulator import Simulator


class Receiver(Application):
    def __init__(self):
        super().__init__()
        self.got = []
        self.add_handler(self.note, [RecvClassicPacket], [])

    def note(self, _node, event):
        self.got.append(event.packet.get())


def run(gap, **channel):
    alice, bob = QNode("alice"), QNode("bob")
    line = ClassicChannel("line", delay=0.01, **channel)
    alice.add_cchannel(line)
    bob.add_cchannel(line)
    receiver = Receiver()
    bob.add_apps(receiver)
    simulator = Simulator(0, 10)
    alice.install(simulator)
    bob.install(simulator)

    def send(*numbers):
        for number in numbers:
            line.send(ClassicPacket(f"m{number}", src=alice, dest=bob), bob)

    if gap:
        for number in range(1, 7):
            simulator.add_event(func_to_event(simulator.time(sec=1 + gap * number), lambda number=number: send(number)))
    else:
        simulator.add_event(func_to_event(simulator.time(sec=1), lambda: send(1, 2, 3, 4, 5, 6)))
    simulator.run()
    return " ".join(receiver.got)


together, apart, narrow = run(0), run(0.001), run(0, bandwidth=1000)
print(f"qns {version('qns')}, Python {sys.version.split()[0]}")
print(f"six sent a millisecond apart: {apart} arrive")
print(f"six sent together, over 1000 bytes a second: {narrow} arrive")
print(f"six sent together: {together} arrive")
order = "m1 m2 m3 m4 m5 m6"
sys.exit(0 if apart == narrow == order and together != order and sorted(together.split()) == order.split() else 1)
PY
env/bin/python try.py
