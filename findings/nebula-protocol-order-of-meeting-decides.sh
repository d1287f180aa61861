#!/usr/bin/env bash
# nebula-protocol 1.2.1 with pydantic 2.12.5 (PyPI), shared state of agents: merging is documented as "commutative, associative,
# and idempotent", and a TaskStatus unites the notes (metadata) of both sides, the winner's first. Three agents, apart, take up
# one task: Ann and Bob each note a shelf, Cy a box; Cy wins the tie. One would expect equal states once all have met all.
# What happens: if Cy meets Ann first, Ann's shelf counts as the winner's from then on, and if Cy meets Bob first, Bob's does. So
# two agents keep different shelves, however often they merge, with equal clocks, so that nothing looks out of date. With two
# agents, or with a shelf that only one of them noted, all end alike.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check nebula-protocol==1.2.1 pydantic==2.12.5
cat >try.py <<'PY'
import sys
from importlib.metadata import version

from nce.crdt.composite_state import CompositeState
from nce.crdt.task_status import StatusLevel, TaskStatus
from nce.crdt.vector_clock import VectorClock


def agent(name, **notes):
    clock = VectorClock().increment(name)
    task = TaskStatus(
        task_id="order-7", status=StatusLevel.IN_PROGRESS, assigned_agent=name, vector_clock=clock, metadata=notes
    )
    return CompositeState(agent_id=name, tasks={task.task_id: task}, vector_clock=clock)


def run(title, ann, bob, cy=None):
    if cy:  # Cy's state reaches Ann and Bob before they meet
        ann, bob = ann.merge(cy), bob.merge(cy)
    for _ in range(5):
        ann, bob = ann.merge(bob), bob.merge(ann)
    seen = []
    for state in (ann, bob):
        task = state.tasks["order-7"]
        notes = ", ".join(f"{key} {value}" for key, value in sorted(task.metadata.items()))
        seen.append(f"{task.assigned_agent}'s task, {notes}, clock {sorted(task.vector_clock.clock.items())}")
    print(f"{title}:\n  Ann has {seen[0]}\n  Bob has {seen[1]}")
    return seen


print(f"nebula-protocol {version('nebula-protocol')}, pydantic {version('pydantic')}, Python {sys.version.split()[0]}")
two = run("two agents", agent("ann", shelf="4"), agent("bob", shelf="9"))
one = run("three agents, one shelf", agent("ann", shelf="4"), agent("bob"), agent("cy", box="red"))
three = run("three agents, two shelves", agent("ann", shelf="4"), agent("bob", shelf="9"), agent("cy", box="red"))
apart = "shelf 4" in three[0] and "shelf 9" in three[1] and three[0].replace("shelf 4", "shelf 9") == three[1]
sys.exit(0 if two[0] == two[1] and one[0] == one[1] and apart else 1)
PY
env/bin/python try.py
