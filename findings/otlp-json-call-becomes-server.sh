#!/usr/bin/env bash
# otlp-json 1.0.1 (PyPI), which turns the spans of the OpenTelemetry SDK into OTLP JSON for a collector.
# One would expect that a span keeps its kind: an outgoing call (CLIENT) is a CLIENT span for whoever reads the JSON.
# What happens: the SDK counts the kinds from 0 (internal), OTLP from 1, and the number goes over as it is. Each kind
# but internal reads as the one before it: a server as internal, a call as a server, a producer as a call, a consumer
# as a producer. Service maps and error rates by kind are wrong. OpenTelemetry's own encoder keeps the kinds.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check otlp-json==1.0.1 opentelemetry-sdk==1.39.1 \
  opentelemetry-exporter-otlp-proto-common==1.39.1
cat >try.py <<'PY'
from importlib.metadata import version
import json
import sys

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans as reference
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from otlp_json import encode_spans

memory = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(memory))
tracer = provider.get_tracer("try")
for kind in SpanKind:
    tracer.start_span(kind.name, kind=kind).end()
spans = memory.get_finished_spans()


def name(number):
    return Span.SpanKind.Name(number).removeprefix("SPAN_KIND_")


right = {span.name: name(span.kind) for span in reference(spans).resource_spans[0].scope_spans[0].spans}
sent = json.loads(encode_spans(spans))["resourceSpans"][0]["scopeSpans"][0]["spans"]
read = {span["name"]: name(span["kind"]) for span in sent}
sdk = version("opentelemetry-sdk")
print(f"otlp-json {version('otlp-json')}, opentelemetry-sdk {sdk}, Python {sys.version.split()[0]}")
for kind in read:
    print(f"{kind} span: otlp-json sends {read[kind]}, OpenTelemetry's own encoder {right[kind]}")
wrong = {"INTERNAL": "INTERNAL", "SERVER": "INTERNAL", "CLIENT": "SERVER"}
wrong |= {"PRODUCER": "CLIENT", "CONSUMER": "PRODUCER"}
sys.exit(0 if read == wrong and all(kind == right[kind] for kind in right) else 1)
PY
env/bin/python try.py
