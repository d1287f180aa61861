#!/usr/bin/env bash
# retrobus-perfetto 0.3.1 (PyPI), traces of emulated computers, and summarize_trace_to_yaml, which makes a call graph.
# One would expect that the graph shows main, which starts at 0 and runs to the end, as the caller of what runs within it.
# What happens: a time of 0 is taken for none, and replaced by the number of the packet in the file, here 2. So main seems to
# start within the call that starts at 1: the graph has init on top and main as called by init. The trace itself is right,
# and the same calls one tick later give the right graph.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check retrobus-perfetto==0.3.1
cat >try.py <<'PY'
import sys
from importlib.metadata import version
from pathlib import Path

from retrobus_perfetto import PerfettoTraceBuilder
from retrobus_perfetto.function_trace_summary import build_call_graph, load_slice_events, summarize_trace_to_yaml


def graph(start):
    builder = PerfettoTraceBuilder("computer")
    track = builder.add_thread("Functions")
    builder.begin_slice(track, "main", start)
    for name, begin, end in ("init", 1, 5), ("loop", 6, 8):
        builder.begin_slice(track, name, start + begin)
        builder.end_slice(track, start + end)
    builder.end_slice(track, start + 9)
    file = Path("trace.perfetto-trace")
    builder.save(str(file))
    root = build_call_graph(load_slice_events(file), ignore_keys=[])

    def names(node):
        return {child.name.split("::")[-1]: names(child) for child in node.children.values()}

    return names(root), summarize_trace_to_yaml(file)


print(f"retrobus-perfetto {version('retrobus-perfetto')}, Python {sys.version.split()[0]}")
(later, _), (first, text) = graph(1), graph(0)
print(f"who calls whom, main from 1 to 10: {later}")
print(f"                 main from 0 to 9: {first}")
print(text, end="")
sys.exit(0 if later == {"main": {"init": {}, "loop": {}}} and "main" in first.get("init", {}) and "main" not in first else 1)
PY
env/bin/python try.py
