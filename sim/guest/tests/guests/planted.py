"""The guest of guests/last-writer with one mistake more, which its argument names, of those that make runs differ."""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "guests" / "last-writer"))
sys.dont_write_bytecode = True
import guest  # noqa: E402  (it is found only now)

MODE = sys.argv[1]
plays = 0


class Planted(guest.Guest):
    def answer(self, request):
        global plays
        verb = request["verb"]
        if verb == "no_such_verb" and MODE == "dies-of-nonsense":
            sys.exit(1)
        if verb == "no_such_verb" and MODE == "takes-nonsense":
            return {"due": None}
        if MODE == "dislikes-members" and "no_such_member" in request:
            return {"error": "I know no no_such_member"}
        answer = super().answer(request)
        if verb == "reset":
            plays += 1
            self.asked = 0
        if verb == "query" and MODE == "query-counts":
            for node in self.nodes.values():
                node.chance.random()
        if verb == "query" and MODE == "query-tells-how-often":
            self.asked = getattr(self, "asked", 0) + 1
            answer["asked"] = self.asked
        if verb == "app" and MODE == "chance":
            answer["log"] = [os.urandom(8).hex()]
        if verb == "app" and MODE == "time":
            answer["log"] = [str(time.monotonic_ns())]
        if verb == "app" and MODE == "salted-hash":
            answer["log"] = [str(hash("notes"))]
        if verb == "app" and MODE == "remembers":
            answer["log"] = [f"play {plays}"]
        if verb == "app" and MODE == "tires":
            answer["log"] = [f"play {plays // 90}"]
        if verb == "make" and MODE == "always-due":
            self.always_due = True
        if MODE == "always-due" and "due" in answer:
            answer["due"] = 0
        if MODE == "wrong-connection" and answer.get("sent"):
            answer["sent"][0]["connection"] = 99
        if MODE == "nameless" and answer.get("wrote"):
            del answer["wrote"][0]["token"]
        return answer


guest.Guest = Planted
guest.main()
if MODE == "leaves-a-child" and os.fork() == 0:
    time.sleep(600)
