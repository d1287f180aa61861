#!/usr/bin/env bash
# silk-graph 0.5.0 (PyPI), a graph store that is replicated, which says that two stores which have exchanged sync messages in
# both directions have identical graphs. The laptop removes a node; the phone, not knowing yet, changes a field of the same one.
# One would expect that both then have the node, or that neither has it, whichever of the two changes is to win.
# What happens: the laptop has the node back, with the changed field, and the phone has none, however often they sync. It is the
# same the other way round in time, and with an edge that is drawn to the removed node: one store has it, the other does not.
# Two changes of one field, and a removal that nobody else's change crosses, end alike on both.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check silk-graph==0.5.0
cat >try.py <<'PY'
import sys
import time
from importlib.metadata import version

from silk import GraphStore

TASK = {
    "node_types": {"task": {"properties": {}}},
    "edge_types": {"BEFORE": {"source_types": ["task"], "target_types": ["task"], "properties": {}}},
}


def sync(laptop, phone):
    for _ in range(4):
        for to, source in ((laptop, phone), (phone, laptop)):
            to.merge_sync_payload(source.receive_sync_offer(to.generate_sync_offer()))


def show(store):
    nodes = sorted(f"{node['node_id']} {node['properties'].get('due', '')}".strip() for node in store.all_nodes())
    return ", ".join(nodes + sorted(edge["edge_id"] for edge in store.all_edges()))


def run(text, *changes):
    laptop, phone = GraphStore("laptop", TASK), GraphStore("phone", TASK)
    laptop.add_node("paint", "task", "Paint the fence")
    laptop.add_node("shop", "task", "Buy paint")
    sync(laptop, phone)
    for change in changes:
        time.sleep(0.005)  # so that each change has a time of its own
        change(laptop, phone)
    sync(laptop, phone)
    print(f"{text}:\n  laptop [{show(laptop)}], phone [{show(phone)}]")
    return show(laptop), show(phone)


def remove(laptop, phone):
    laptop.remove_node("paint")


def edit(laptop, phone):
    phone.update_property("paint", "due", "friday")


print(f"silk-graph {version('silk-graph')}, Python {sys.version.split()[0]}")
only = run("only a removal", remove)
both = run("two changes of one field", lambda a, b: a.update_property("paint", "due", "monday"), edit)
later = run("the laptop removes, then the phone edits", remove, edit)
earlier = run("the phone edits, then the laptop removes", edit, remove)
edge = run("the laptop removes, then the phone draws an edge", remove, lambda a, b: b.add_edge("edge", "BEFORE", "shop", "paint"))
fine = only == ("shop", "shop") and both == ("paint friday, shop", "paint friday, shop")
apart = later == earlier == ("paint friday, shop", "shop") and edge == ("paint, shop, edge", "shop")
sys.exit(0 if fine and apart else 1)
PY
env/bin/python try.py
