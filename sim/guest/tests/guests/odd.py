"""A guest that does one thing wrong, which its second argument names. Its first argument is a socket: whoever listens there
hears in which folder it runs, and that the last of its processes is gone."""

import json
import os
import signal
import socket
import sys
import time

leash = socket.socket(socket.AF_UNIX)
leash.connect(sys.argv[1])
leash.sendall(os.getcwd().encode())
MODE = sys.argv[2]


def ask():
    line = sys.stdin.buffer.readline()
    if not line:
        sys.exit(0)
    return json.loads(line)


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def answer(request, **members):
    say(json.dumps({"id": request["id"], "due": None, **members}) + "\n")


def forever():
    while True:
        signal.pause()


hello = ask()
about = {"protocol": 2 if MODE == "other-protocol" else 1, "name": "odd", "version": "1", "speaks": "odd"}
if MODE == "tells-about-itself":
    about["name"] = json.dumps(sorted(os.environ.items()))
    about["version"] = json.dumps([os.listdir("."), os.getcwd() == os.environ["HOME"], os.getpgid(0) == os.getpid()])
answer(hello, **about)

if MODE == "never-reads":
    forever()
if MODE == "answers-unheard":
    os.read(0, 10)
    say('{"id":2,"due":null}\n')
    forever()
if MODE == "closes-input":
    os.close(0)
    forever()

request = ask()
if MODE == "garbage":
    say("Traceback, or so\n")
elif MODE == "not-an-object":
    say("[1]\n")
elif MODE == "not-utf8":
    sys.stdout.buffer.write(b'{"id":2,"due":null,"log":["\xff"]}\n')
    sys.stdout.flush()
elif MODE == "wrong-id":
    say('{"id":1,"due":null}\n')
elif MODE == "no-id":
    say('{"due":null}\n')
elif MODE == "no-due":
    say('{"id":2}\n')
elif MODE == "half-a-line":
    say('{"id":2,"d')
    sys.exit(0)
elif MODE == "two-lines":
    say('{"id":2,"due":null}\nand more\n')
elif MODE == "refuses":
    answer(request, error="no such thing")
elif MODE == "dies":
    for number in range(100):
        print(f"word {number}", file=sys.stderr)
    print(f"in {os.getcwd()}", file=sys.stderr)
    sys.exit(3)
elif MODE == "late":
    forever()
elif MODE == "endless-line":
    while True:
        say("x" * 65536)
elif MODE == "endless-lines":
    while True:
        say("x\n")
elif MODE == "drips":
    while True:
        say("x")
        time.sleep(0.01)
elif MODE == "closes-output":
    os.close(1)
    forever()
elif MODE == "leaves-a-child":
    if os.fork() == 0:
        forever()
    os._exit(4)
elif MODE == "many-words":
    print("x" * 1_000_000, file=sys.stderr)
    answer(request)
elif MODE == "long-answer":
    answer(request, log=["x" * 10_000_000])
elif MODE == "answers-and-dies":
    answer(request)
    sys.exit(5)
elif MODE == "child-with-the-pipes":
    if os.fork() == 0:
        forever()
    answer(request)
elif MODE == "does-not-end":
    answer(request)
    forever()
else:
    answer(request)
while True:
    answer(ask())
