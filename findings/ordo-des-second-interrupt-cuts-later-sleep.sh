#!/usr/bin/env bash
# ordo-des 0.1.1 (PyPI), discrete-event simulation with async/await. Its README says that, by generation counters, a resumption
# scheduled before an interrupt is never delivered on top of it. A machine sleeps 10 for each step, and goes on after interrupts.
# One would expect that each step which is not interrupted takes its 10, however many interrupts came before.
# What happens: where two come at one time (a breakdown and the end of a shift), the sleep that was begun between them stays
# scheduled. It wakes the machine out of a later sleep: here the last step takes no time at all. With one interrupt, or with two
# at different times, all is as expected.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check ordo-des==0.1.1 numpy==2.4.6
cat >try.py <<'PY'
import sys
from importlib.metadata import version

from ordo.exceptions import Interrupt
from ordo.simulator import Simulator


def run(*times):
    sim = Simulator(seed=1)
    steps = []

    async def machine():
        for name in ("mill", "repair", "check", "pack"):
            began = sim.now
            try:
                await sim.sleep(10)
                steps.append((name, sim.now - began, "done"))
            except Interrupt:
                steps.append((name, sim.now - began, "interrupted"))

    process = sim.process(machine())

    async def disturb(at):
        await sim.sleep(at)
        process.interrupt()

    for at in times:
        sim.process(disturb(at))
    sim.run()
    return steps


print(f"ordo-des {version('ordo-des')}, Python {sys.version.split()[0]}")
done = {}
for times in ((4,), (4, 5), (4, 4)):
    steps = run(*times)
    print(f"interrupts at {times}: " + "; ".join(f"{name} {how} after {took:g}" for name, took, how in steps))
    done[times] = [took for _, took, how in steps if how == "done"]
sys.exit(0 if done == {(4,): [10, 10, 10], (4, 5): [10, 10], (4, 4): [10, 0]} else 1)
PY
env/bin/python try.py
