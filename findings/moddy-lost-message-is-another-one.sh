#!/usr/bin/env bash
# moddy 2.0.0 (PyPI), discrete-event simulation of systems that exchange messages: a port may be told to lose one, where 0 stands
# for "the next message sent via this port" and 1 for "the next but one". Four messages are sent; the second is to be lost.
# One would expect m1, m3 and m4 to arrive, whether they are sent apart or in one burst that waits for the line.
# What happens: messages are counted as they arrive, and in a burst the next one leaves before that. So the third is lost
# instead. And where the port is told while a message is under way, its count is past already: the next one is not lost, and no
# message ever is on that port, even if it is told again later on.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check moddy==2.0.0
cat >try.py <<'PY'
import contextlib
import io
import sys
from importlib.metadata import version

from moddy import Sim, SimPart


class Sender(SimPart):
    """Sends m1 to m4 at the given times, and tells the port at the given times which one of the next to lose."""

    def __init__(self, sim, times, lose):
        super().__init__(sim=sim, obj_name="sender")
        self.create_ports("out", ["line"])
        plan = [(at, self.line.send, (f"m{k}", 1)) for k, at in enumerate(times, 1)]
        plan += [(at, self.line.inject_lost_message_error_by_sequence, (which,)) for at, which in lose]
        for k, (at, call, args) in enumerate(sorted(plan, key=lambda step: step[0])):
            self.new_timer(f"t{k}", lambda _timer, call=call, args=args: call(*args)).start(at)


class Receiver(SimPart):
    def __init__(self, sim):
        super().__init__(sim=sim, obj_name="receiver")
        self.create_ports("in", ["line"])
        self.got = []

    def line_recv(self, _port, msg):
        self.got.append(msg)


def run(times, lose):
    sim = Sim()
    sender, receiver = Sender(sim, times, lose), Receiver(sim)
    sender.line.bind(receiver.line)
    with contextlib.redirect_stdout(io.StringIO()):
        sim.run(50, enable_trace_printing=False)
    return " ".join(receiver.got)


print(f"moddy {version('moddy')}, Python {sys.version.split()[0]}")
apart = run((2, 4, 6, 8), [(1, 1)])
burst = run((2, 2.1, 2.2, 2.3), [(1, 1)])
idle = run((2, 4, 6, 8), [(5.5, 0)])
under_way = run((2, 4, 6, 8), [(2.5, 0), (5.5, 0)])
print(f"sent apart, the second to be lost: {apart} arrive")
print(f"sent in a burst, the second to be lost: {burst} arrive")
print(f"sent apart, told before m3 to lose the next: {idle} arrive")
print(f"sent apart, told to lose the next while m1 is under way, and again before m3: {under_way} arrive")
sys.exit(0 if (apart, burst, idle, under_way) == ("m1 m3 m4", "m1 m2 m4", "m1 m2 m4", "m1 m2 m3 m4") else 1)
PY
env/bin/python try.py
