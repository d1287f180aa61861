#!/usr/bin/env bash
# polaroid-ai 0.1.2 (PyPI), a map of a building that robots share: merge() is documented as commutative, and conflicting updates
# are settled by last-write-wins, weighted by confidence. Both robots know that a door is open; later one sees it closed.
# One would expect, after each has merged the other's map, that both have the door closed: it is the newer of two equally sure
# observations. Without a number every observation has confidence 1.0.
# What happens: merge only takes what has more confidence, and never looks at the time. So at equal confidence each robot keeps
# its own: one has the door closed, the other open, however often they merge. With a higher confidence for the newer one it works.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check polaroid-ai==0.1.2
cat >try.py <<'PY'
import sys
from importlib.metadata import version

from polaroid import SceneMerger, SceneNode, SceneStore


def look(store, state, time, robot, **more):
    store.upsert_node(SceneNode("door-1", "object", {"state": state}, observed_at=time, agent_id=robot, **more))


def run(name, first, second):
    with SceneStore(f"{name}-a.db") as a, SceneStore(f"{name}-b.db") as b:
        def exchange():
            for _ in range(3):
                SceneMerger().merge(a, b)
                SceneMerger().merge(b, a)

        look(a, "open", 1000, "A", **first)
        exchange()
        known = b.list_nodes()[0].properties["state"]
        look(b, "closed", 2000, "B", **second)
        exchange()
        seen = [store.list_nodes()[0].properties["state"] for store in (a, b)]
    print(f"{name}: B hears that the door is {known}, then sees it closed; after merging A has it {seen[0]}, B {seen[1]}")
    return seen


print(f"polaroid-ai {version('polaroid-ai')}, Python {sys.version.split()[0]}")
plain = run("no confidence given", {}, {})
equal = run("confidence 0.9 and 0.9", {"confidence": 0.9}, {"confidence": 0.9})
higher = run("confidence 0.8 and 0.9", {"confidence": 0.8}, {"confidence": 0.9})
sys.exit(0 if plain == equal == ["open", "closed"] and higher == ["closed", "closed"] else 1)
PY
env/bin/python try.py
