#!/usr/bin/env bash
# sync-coordination 1.0.0 (PyPI), which syncs nodes with "full causality tracking" by vector clocks.
# One would expect that an update which comes late, after the one that followed it on the same node, changes nothing.
# What happens: only operations with unordered clocks are looked at as conflicts. An older one is not refused, it is carried
# out: the old value replaces the newer one, and the version and clock of the entity go back with it. The node reports one
# operation applied and no conflict. Nothing is pending anywhere, so the two nodes differ for good.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check sync-coordination==1.0.0
cat >try.py <<'PY'
import copy
import sys
from importlib.metadata import version

from sync_coordination import OperationType, SyncCoordinator

author, reader = SyncCoordinator("author", "author"), SyncCoordinator("reader", "reader")


def wrote(kind, state):
    operation = author.create_operation(kind, "door", {"state": state})
    assert author.apply_operation(operation)
    return copy.deepcopy(operation)


made = wrote(OperationType.CREATE, "new")
opened = wrote(OperationType.UPDATE, "open")
closed = wrote(OperationType.UPDATE, "closed")

print(f"sync-coordination {version('sync-coordination')}, Python {sys.version.split()[0]}")
shown = []
for name, operation in ("new", made), ("closed", closed), ("open, which came late", opened):
    told = reader.sync_with_remote([operation])
    shown.append((reader.get_entity("door")["state"], reader.entity_versions["door"], told["applied"], told["conflicts"]))
    print(f"reader gets {name}: shows {shown[-1][0]!r}, version {shown[-1][1]}; applied {told['applied']}, "
          f"conflicts {told['conflicts']}; clock of the operation {operation.vector_clock}")
here, waiting = author.get_entity("door")["state"], author.get_pending_operations()
print(f"author shows {here!r}; waiting to be sent: {waiting}")
as_told = [("new", 1, 1, 0), ("closed", 3, 1, 0), ("open", 2, 1, 0)]
sys.exit(0 if shown == as_told and here == "closed" and not waiting else 1)
PY
env/bin/python -W ignore::DeprecationWarning try.py
