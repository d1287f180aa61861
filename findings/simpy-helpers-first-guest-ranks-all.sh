#!/usr/bin/env bash
# simpy-helpers 1.2.0 with simpy 4.1.2 (PyPI), classes for models with queues. A class of entities may have a priority of its own,
# 0 before 1, and one may label an entity by set_attribute. Four guests come first, then a VIP, to one desk.
# One would expect the VIP to be served as soon as the guest at the desk is done, and a label to be on the one that got it.
# What happens: all entities that are made without attributes share one and the same dictionary. The first guest has put its
# priority there, and every later one finds it and takes it for its own, so the VIP is served last. A label on one is on all.
# With attributes={} passed to each, all is as expected.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check simpy-helpers==1.2.0 simpy==4.1.2 numpy==2.4.6
cat >try.py <<'PY'
import sys
from importlib.metadata import version

import simpy
from simpy_helpers import Entity, Resource, Source


class Desk(Resource):
    def service_time(self, _entity):
        return 10


def run(*attributes):
    env = simpy.Environment()
    desk = Desk(env, capacity=1)
    served, guests = [], []

    class Guest(Entity):
        def process(self):
            yield self.wait_for_resource(desk)
            yield self.process_at_resource(desk)
            self.release_resource(desk)
            served.append(self.name)

    class Vip(Guest):
        priority = 0

    class Arrivals(Source):
        def interarrival_time(self):
            return 1

        def build_entity(self):
            guests.append(self.kind(env, *(dict(some) for some in attributes)))
            return guests[-1]

    for kind, first, number in ((Guest, 0, 4), (Vip, 5, 1)):
        source = Arrivals(env, first_creation=first, number=number)
        source.kind = kind
        env.process(source.start())
    env.run(until=100)
    guests[0].set_attribute("language", "Danish")
    labelled = sum("language" in guest.attributes for guest in guests)
    return ", ".join(served), labelled


print(f"simpy-helpers {version('simpy-helpers')}, simpy {version('simpy')}, Python {sys.version.split()[0]}")
own, plain = run({}), run()
for how, (served, labelled) in (("with attributes={}", own), ("without attributes", plain)):
    print(f"{how}: served are {served}; one of five gets a label, {labelled} of five have it")
wanted = ("Guest 1, Vip 1, Guest 2, Guest 3, Guest 4", 1), ("Guest 1, Guest 2, Guest 3, Guest 4, Vip 1", 5)
sys.exit(0 if (own, plain) == wanted else 1)
PY
env/bin/python try.py
