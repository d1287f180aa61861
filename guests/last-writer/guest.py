#!/usr/bin/env python3
"""A guest for cosim: registers of which everybody keeps the last write, over links that lose, double and reorder.

docs/guest-protocol.md is what a guest keeps to, README.md what this one is for. It has a mistake, which --fixed mends.
"""

import json
import random
import sys

FIXED = "--fixed" in sys.argv[1:]

# How long a node waits for an answer before it says the same again: twice as long each time.
WAIT_US = 500_000
WAIT_MAX_US = 30_000_000

VERBS = ["make", "connect", "disconnect", "deliver", "tick", "app", "query", "restart"]


class Refused(Exception):
    """The guest cannot do what it was asked: the answer says so, and the run ends."""


class Node:
    """A node's state is plain data. `step` is all that it has done since it was last asked."""

    def __init__(self, held, seed, disk):
        self.registers = dict(held)  # subject -> (at, token, value); the greater (at, token) is the later write
        self.stored = held  # what is on the disk
        self.disk = disk  # what was on it after each commit that the node ever made, by their numbers
        self.links = {}  # connection -> {"relationship", "waiting": {(kind, subject): {"message", "wait", "due"}}}
        self.loading = set()
        self.chance = random.Random(int(seed, 16))
        self.begin_step(0, 0)

    def begin_step(self, now, wall):
        self.now, self.wall = now, wall
        self.step = {"sent": [], "wrote": [], "changed": [], "notices": [], "commits": 0}

    def end_step(self):
        if self.step["commits"]:
            self.stored = dict(self.registers)
            self.disk.append(self.stored)
        dues = [said["due"] for link in self.links.values() for said in link["waiting"].values()]
        answer = {name: value for name, value in self.step.items() if value}
        answer["due"] = min(dues, default=None)
        return answer

    # What others say.

    def connect(self, request):
        link = {"relationship": request["relationship"], "waiting": {}}
        self.links[request["connection"]] = link
        for subject in self.registers:
            self.put(request["connection"], subject)

    def disconnect(self, request):
        del self.links[request["connection"]]
        for subject in sorted(self.loading):
            self.end_load_if_nobody_is_asked(subject)

    def deliver(self, request):
        connection, message = request["connection"], request["message"]
        kind, subject = message["kind"], message["subject"]
        waiting = self.links[connection]["waiting"]
        if kind == "put":
            at, token = message["at"], message["token"]
            self.say(connection, {"kind": "ack", "subject": subject, "at": at, "token": token})
            self.take(subject, (at, token, message["value"]), connection)
        elif kind == "ack":
            said = waiting.get(("put", subject))
            if said and (not FIXED or stamp(message) >= stamp(said["message"])):
                del waiting["put", subject]
        elif kind == "load" and subject in self.registers:
            self.put(connection, subject)
        elif kind == "load":
            self.say(connection, {"kind": "none", "subject": subject})
        elif kind == "none":
            waiting.pop(("load", subject), None)
            self.end_load_if_nobody_is_asked(subject)

    def take(self, subject, register, connection=None):
        """Keeps a register if it is later than the one that is held, and passes it on to all from whom it did not come."""
        held = self.registers.get(subject)
        if held and register[:2] <= held[:2]:
            return
        self.registers[subject] = register
        self.step["commits"] = 1
        self.change(subject)
        for other, link in self.links.items():
            link["waiting"].pop(("load", subject), None)
            if other == connection:
                link["waiting"].pop(("put", subject), None)
            else:
                self.put(other, subject)
        self.end_load_if_nobody_is_asked(subject)

    def change(self, subject):
        if subject not in self.step["changed"]:
            self.step["changed"].append(subject)

    # What it says.

    def say(self, connection, message):
        self.step["sent"].append({"connection": connection, "message": message})

    def insist(self, connection, message):
        """Says it, and says it again until it is answered."""
        self.say(connection, message)
        wait = WAIT_US + self.chance.getrandbits(16)
        said = {"message": message, "wait": wait, "due": self.now + wait}
        self.links[connection]["waiting"][message["kind"], message["subject"]] = said

    def put(self, connection, subject):
        at, token, value = self.registers[subject]
        self.insist(connection, {"kind": "put", "subject": subject, "value": value, "at": at, "token": token})

    def tick(self, request):
        for connection, link in self.links.items():
            for said in link["waiting"].values():
                if said["due"] <= self.now:
                    self.say(connection, said["message"])
                    said["wait"] = min(2 * said["wait"], WAIT_MAX_US)
                    said["due"] = self.now + said["wait"]

    def end_load_if_nobody_is_asked(self, subject):
        asked = any(("load", subject) in link["waiting"] for link in self.links.values())
        if subject in self.loading and not asked:
            self.loading.remove(subject)
            available = subject in self.registers
            self.step["notices"].append({"notice": "loaded", "subject": subject, "available": available})

    # What its app asks for.

    def app(self, request):
        for place, operation in enumerate(request["operations"]):
            op, subject = operation["op"], operation.get("subject")
            if op == "create":
                self.take(subject, (0, "", None))
            elif op == "write":
                # Later than what this node knows of, even if its clock goes wrong.
                at = max(self.wall, self.registers.get(subject, (0,))[0] + 1)
                self.take(subject, (at, operation["token"], operation["value"]))
                self.step["wrote"].append({"subject": subject, "token": operation["token"]})
            elif op == "load":
                self.loading.add(subject)
                for connection, link in self.links.items():
                    if subject not in self.registers and link["relationship"] != "client":
                        self.insist(connection, {"kind": "load", "subject": subject})
                self.end_load_if_nobody_is_asked(subject)
            else:
                error = f"there is no operation {op}"
                self.step["notices"].append({"notice": "failed", "operation": place, "error": error})

    def query(self, subjects):
        shown = {}
        for subject in sorted(self.registers if subjects is None else subjects):
            if subject in self.registers:
                _, token, value = self.registers[subject]
                shown[subject] = {"shown": value, "tokens": [token] if token else []}
        return {"subjects": shown}


def stamp(message):
    return message["at"], message["token"]


class Guest:
    """All nodes of the process."""

    def __init__(self):
        self.nodes = {}

    def answer(self, request):
        verb, name = request["verb"], request.get("node")
        if verb == "hello":
            version = "1.0.1" if FIXED else "1.0.0"
            can = ["load", "restart", "disk"]
            return {"protocol": 1, "name": "last-writer", "version": version, "speaks": "last-writer", "can": can}
        if verb == "reset":
            self.__init__()
            return {}
        if verb not in VERBS:
            raise Refused(f"there is no verb {verb}")
        if verb == "make":
            self.nodes[name] = Node({}, request["seed"], disk=[{}])
        if name not in self.nodes:
            raise Refused(f"there is no node {name}")
        node = self.nodes[name]
        if verb == "query":
            return node.query(request.get("subjects"))
        if verb == "restart":
            held = node.registers
            node = self.nodes[name] = Node(self.source(node, request), request["seed"], node.disk)
        node.begin_step(request["now"], request["wall"])
        if verb == "restart":
            for subject in held:
                if held[subject] != node.registers.get(subject):
                    node.change(subject)
        elif verb != "make":
            getattr(node, verb)(request)
        return node.end_step()

    def source(self, node, request):
        """What a restarted node begins with."""
        source = request["from"]
        if source == "nothing":
            return {}
        if source == "disk":
            return node.stored
        return self.nodes[source["disk"]].disk[source["commit"]]


def main():
    guest = Guest()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = guest.answer(request)
        except Refused as refused:
            answer = {"error": str(refused)}
        print(json.dumps({"id": request["id"], **answer}, separators=(",", ":")), flush=True)


if __name__ == "__main__":
    main()
