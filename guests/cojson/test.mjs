// Plays guests, and looks whether they do what docs/guest-protocol.md says:
//
//     node --test guests/cojson/test.mjs
//
// It needs versions that are installed: see test/world.mjs.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Guest, World, installed, names } from "./test/world.mjs";
import { story } from "./test/story.mjs";

const versions = installed();
assert.notEqual(versions.length, 0, "no version is installed: npm ci --ignore-scripts in its folder");

for (const { folder, version } of versions) {
  describe(`cojson ${version}`, { concurrency: false }, () => {
    const old = version.startsWith("0.7.");
    let id, guest, hello;
    before(async () => {
      id = await names(folder);
      guest = new Guest(folder);
      hello = await guest.ask("hello", { protocol: 1 });
    });
    after(() => guest.end());

    const world = async () => {
      await guest.ask("reset");
      return new World(id);
    };

    test("says who it is", () => {
      assert.equal(hello.name, "cojson");
      assert.equal(hello.version, version);
      assert.equal(hello.speaks, "cojson");
      assert.equal(hello.contract, "stream");
      assert.ok(version.startsWith(`${hello.format}.`));
      assert.equal(hello.can.includes("disk"), !old);
    });

    test("tells one story in the same bytes, again and in another process", async () => {
      const transcripts = [];
      for (const other of [guest, guest, new Guest(folder)]) {
        if (other !== guest) await other.ask("hello", { protocol: 1 });
        else await guest.ask("reset");
        other.cut();
        await story(id, other, hello);
        transcripts.push(other.cut());
        if (other !== guest) await other.end();
      }
      assert.ok(transcripts[0].length > 100_000);
      assert.ok(transcripts[0] === transcripts[1], "the second time differs");
      assert.ok(transcripts[0] === transcripts[2], "another process differs");
    });

    test("answers what it does not understand", async () => {
      await guest.ask("reset");
      for (const [line, expected] of [
        ["{", null],
        ["[]", null],
        ['{"verb":"query"}', null],
        ['{"id":7,"verb":"dance"}', 7],
        ['{"id":8,"verb":"app","node":"nobody","operations":[]}', 8],
        ['{"id":9,"verb":"hello","protocol":1}', 9],
        ['{"id":10,"verb":"make","node":"a","seed":"1","secretSeed":"","session":""}', 10],
      ]) {
        const answer = await guest.say(line);
        assert.equal(answer.id, expected, line);
        assert.equal(typeof answer.error, "string", line);
      }
      guest.cut();
    });

    test("has the clock and the chance of each node", async () => {
      const play = async (wall) => {
        const here = await world();
        await here.make("alice", guest, 1);
        const header = id.open("comap", "zclock");
        here.nodes.get("alice").wall = wall;
        await here.app(
          "alice",
          { op: "create", subject: id.id(header), header },
          { op: "set", subject: id.id(header), key: "a", value: 1 },
          { op: "create", subject: id.id(id.group(id.agent(1), "z")), header: id.group(id.agent(1), "z") },
        );
        return here.nodes.get("alice").wrote;
      };
      const [late, early] = [await play(5000), await play(-5000)];
      assert.equal(late[0].transactions[0].madeAt - early[0].transactions[0].madeAt, 10_000);
      // The same keys are drawn, whatever the time.
      const keys = (wrote) => JSON.stringify(wrote.map(({ transactions }) => transactions)).match(/key_z\w+/g);
      assert.deepEqual(keys(late), keys(early));
    });

    test("tells all that it writes and holds", async () => {
      await guest.ask("reset");
      const played = await story(id, guest, hello);
      for (const [name, node] of played.world.nodes) {
        const counts = {};
        for (const { subject, session, after, transactions, lastSignature } of node.wrote) {
          const key = `${subject} ${session}`;
          // A process that has lost its memory may write in the same place again.
          assert.ok(after <= (counts[key] ?? 0), `${name} did not tell of all it wrote in ${key}`);
          counts[key] = after + transactions.length;
          assert.match(lastSignature, /^signature_z/);
        }
        const { subjects } = await played.world.ask(name, "query");
        for (const [subject, { header, sessions }] of Object.entries(subjects)) {
          if (!header) continue;
          assert.deepEqual(node.held[subject], { header, sessions }, `${name} ${subject}`);
          for (const [session, count] of Object.entries(sessions)) {
            // Carol's process never ended, so nothing of hers was forgotten.
            if (name !== "carol" || !session.startsWith(id.agent(3))) continue;
            assert.equal(counts[`${subject} ${session}`], count, `${name} ${subject} ${session}`);
          }
        }
      }
    });

    test("does not change by being looked at", async () => {
      const play = async (look) => {
        const here = await world();
        await here.make("server", guest, 9);
        await here.make("alice", guest, 1);
        await here.link("alice", "server");
        const group = id.group(id.agent(1), "zlook");
        const map = id.owned("comap", id.id(group), "zmap");
        await here.app(
          "alice",
          { op: "create", subject: id.id(group), header: group },
          { op: "add_member", subject: id.id(group), member: "everyone", role: "reader" },
          { op: "create", subject: id.id(map), header: map },
          { op: "set", subject: id.id(map), key: "a", value: 1, private: true },
        );
        await here.deliver();
        const seen = [];
        for (const name of look ? ["alice", "server", "server"] : []) {
          seen.push(await here.ask(name, "query"), await here.shown(name, id.id(map)));
        }
        guest.cut();
        await here.app("alice", { op: "rotate", subject: id.id(group) });
        await here.app("server", { op: "load", subject: id.id(map) });
        await here.wait(10_000);
        return [guest.cut(), seen];
      };
      const [blind, [looking, seen]] = [(await play(false))[0], await play(true)];
      assert.ok(blind === looking);
      assert.deepEqual(seen[1], { a: 1 });
      assert.deepEqual(seen[3], seen[5]);
    });

    if (!old) newFaults(world, () => ({ guest, id }));
    else oldFaults(world, () => ({ guest, id }));
  });
}

// What 0.20.19 is known to do wrong. It shows that the guest plays the package as it is.
function newFaults(world, the) {
  const client = { op: "create" };

  test("shows edits of one millisecond that are seen differently for good", async () => {
    const { guest, id } = the();
    const here = await world();
    await here.make("server", guest, 9);
    await here.make("alice", guest, 1);
    await here.make("bob", guest, 2);
    const header = id.open("comap", "ztie");
    const subject = id.id(header);
    const links = [await here.link("alice", "server"), await here.link("bob", "server")];
    await here.app("alice", { ...client, subject, header }, { op: "set", subject, key: "k", value: 0 });
    await here.deliver();
    await here.app("bob", { op: "load", subject });
    await here.deliver();
    for (const link of links) await here.cut(link);
    await here.app("alice", { op: "set", subject, key: "k", value: "alice's" });
    await here.app("bob", { op: "set", subject, key: "k", value: "bob's" });
    await here.link("alice", "server");
    await here.link("bob", "server");
    await here.wait(600_000);
    assert.equal(here.count("alice", subject), here.count("bob", subject));
    assert.deepEqual(await here.shown("alice", subject), { k: "bob's" });
    assert.deepEqual(await here.shown("bob", subject), { k: "alice's" });
  });

  test("shows a download that does not go on after it was cut", async () => {
    const { guest, id } = the();
    const here = await world();
    await here.make("server", guest, 9);
    await here.make("alice", guest, 1);
    await here.make("bob", guest, 2);
    await here.link("alice", "server");
    const header = id.open("comap", "zbig");
    const subject = id.id(header);
    await here.app("alice", { ...client, subject, header });
    for (const key of ["a", "b", "c", "d"]) {
      await here.app("alice", { op: "set", subject, key, value: key.repeat(120_000) });
    }
    await here.deliver();
    assert.equal(here.count("server", subject), 4);
    const link = await here.link("bob", "server");
    await here.app("bob", { op: "load", subject });
    while (here.count("bob", subject) === 0) await here.deliver(1);
    await here.cut(link);
    await here.link("bob", "server");
    await here.wait(600_000);
    assert.ok(here.count("bob", subject) < 4);
    assert.equal((await here.see("bob", subject)).streaming, true);
    await here.app("alice", { op: "set", subject, key: "e", value: 1 });
    await here.wait(1000);
    assert.equal(here.count("bob", subject), 5);
  });

  test("shows a server that lost all and is not refilled", async () => {
    const { guest, id } = the();
    const here = await world();
    await here.make("server", guest, 9);
    await here.make("alice", guest, 1);
    await here.link("alice", "server");
    const header = id.open("comap", "zrefill");
    const subject = id.id(header);
    await here.app("alice", { ...client, subject, header }, { op: "set", subject, key: "k", value: 1 });
    await here.wait(1000);
    assert.equal(here.count("server", subject), 1);
    await here.restart("server", { from: "nothing" });
    assert.equal(here.count("server", subject), 0);
    await here.link("alice", "server");
    await here.app("alice", { op: "wait_for_sync", subject, timeout: 60_000 });
    await here.wait(200_000);
    assert.equal(here.count("server", subject), 0);
    assert.equal(here.nodes.get("alice").notices.at(-1).notice, "synced");
  });

  test("shows an edit that was stored and is not uploaded after a crash", async () => {
    const { guest, id } = the();
    const here = await world();
    await here.make("server", guest, 9);
    await here.make("alice", guest, 1, { disk: true });
    const header = id.open("comap", "zcrash");
    const subject = id.id(header);
    await here.app("alice", { ...client, subject, header }, { op: "set", subject, key: "k", value: 1 });
    await here.wait(100);
    await here.restart("alice", { from: "disk" });
    assert.equal(here.count("alice", subject), 1);
    await here.link("alice", "server");
    await here.wait(600_000);
    assert.equal(here.count("server", subject), 0);
    await here.app("alice", { op: "load", subject });
    await here.wait(1000);
    assert.equal(here.count("server", subject), 1);
  });

  test("has a disk that is as far as was committed", async () => {
    const { guest, id } = the();
    const here = await world();
    await here.make("alice", guest, 1, { disk: true });
    const header = id.open("comap", "zdisk");
    const subject = id.id(header);
    const answer = await here.app(
      "alice",
      { ...client, subject, header },
      { op: "set", subject, key: "k", value: 1 },
    );
    assert.equal(answer.commits, 2);
    for (const [commit, header, held] of [
      [2, true, 1],
      [1, true, 0],
      [0, false, 0],
      [2, true, 1],
    ]) {
      const { held: said } = await here.ask("alice", "restart", { from: { disk: "alice", commit } });
      assert.equal(said[subject].header, header, `commit ${commit}`);
      assert.equal(here.count("alice", subject), held);
      if (held === 0) continue;
      await here.app("alice", { op: "load", subject });
      assert.deepEqual(await here.shown("alice", subject), { k: 1 });
    }
    const { held: none } = await here.ask("alice", "restart", { from: "nothing" });
    assert.deepEqual(none[subject], { header: false, sessions: {} });
    await here.ask("alice", "restart", { from: { disk: "alice", commit: 2 } });
    // A commit that a crash takes keeps its number, and the one after it has the next.
    const write = (value) => ({ op: "set", subject, key: "k", value });
    await here.app("alice", { op: "load", subject });
    assert.equal((await here.app("alice", write(2))).commits, 1);
    await here.ask("alice", "restart", { from: { disk: "alice", commit: 2 } });
    await here.app("alice", { op: "load", subject });
    assert.deepEqual(await here.shown("alice", subject), { k: 1 });
    assert.equal((await here.app("alice", write(4))).commits, 1);
    for (const [commit, shown] of [[4, 4], [3, 2]]) {
      await here.ask("alice", "restart", { from: { disk: "alice", commit } });
      await here.app("alice", { op: "load", subject });
      assert.deepEqual(await here.shown("alice", subject), { k: shown });
    }
    for (const from of [{ disk: "alice", commit: 5 }, { disk: "nobody", commit: 0 }, "tape"]) {
      await assert.rejects(here.ask("alice", "restart", { from }), /no such thing/);
    }
    // What another node's disk held, and what came on top of it.
    await here.make("bob", guest, 2, { disk: true });
    await here.ask("bob", "restart", { from: { disk: "alice", commit: 2 } });
    await here.app("bob", { op: "load", subject });
    assert.deepEqual(await here.shown("bob", subject), { k: 1 });
    assert.equal((await here.app("bob", write(5))).commits, 1);
    await here.ask("bob", "restart", { from: { disk: "bob", commit: 1 } });
    await here.app("bob", { op: "load", subject });
    assert.deepEqual(await here.shown("bob", subject), { k: 5 });
    await here.wait(1000);
    // What a process writes as it ends is there for the next one.
    await here.app("bob", write(7));
    const { commits } = await here.ask("bob", "restart", { from: "disk", graceful: true });
    assert.equal(commits, 1);
    await here.app("bob", { op: "load", subject });
    await here.wait(1000);
    // Flags of what is not synced are written after 200 ms, and nothing else is due.
    await here.app("bob", write(6));
    assert.equal(here.nodes.get("bob").due, here.now + 200_000);
    await here.wait(200);
    assert.equal(here.nodes.get("bob").due, null);
  });

  test("counts what is on its disk of a value that was taken out of memory", async () => {
    const { guest, id } = the();
    const here = await world();
    await here.make("alice", guest, 1, { disk: true });
    const header = id.open("comap", "zgarbage");
    const subject = id.id(header);
    const write = (value) => ({ op: "set", subject, key: "k", value });
    await here.wait(100);
    await here.app(
      "alice",
      { op: "collect_garbage" },
      { ...client, subject, header },
      write(1),
      { op: "hold", subject, as: "mine" },
    );
    await here.wait(1_000_000);
    assert.equal(here.count("alice", subject), 1);
    await here.app("alice", { ...write(2), through: "mine" });
    assert.equal(here.count("alice", subject), 2);
    await here.app("alice", { op: "load", subject });
    assert.deepEqual(await here.shown("alice", subject), { k: 2 });
  });
}

function oldFaults(world, the) {
  test("shows a server that falls silent after an upload was cut", async () => {
    const { guest, id } = the();
    const here = await world();
    await here.make("server", guest, 9);
    await here.make("alice", guest, 1);
    const link = await here.link("alice", "server");
    const header = id.open("comap", "zsilent");
    const subject = id.id(header);
    await here.app("alice", { op: "create", subject, header }, { op: "set", subject, key: "k", value: 1 });
    // The `load` arrives, and what follows it is lost.
    await here.deliver(1);
    await here.cut(link);
    await here.link("alice", "server");
    await here.wait(600_000);
    await here.app("alice", { op: "set", subject, key: "k", value: 2 });
    await here.wait(600_000);
    assert.equal(here.count("server", subject), 0);
  });
}

const [old] = versions.filter(({ version }) => version.startsWith("0.7."));
const [recent] = versions.filter(({ version }) => !version.startsWith("0.7."));

describe("both versions together", { skip: old && recent ? false : "only one is installed" }, () => {
  let id, guests;
  before(async () => {
    id = await names(recent.folder);
    guests = { old: new Guest(old.folder), recent: new Guest(recent.folder) };
    for (const guest of Object.values(guests)) await guest.ask("hello", { protocol: 1 });
  });
  after(() => Promise.all(Object.values(guests).map((guest) => guest.end())));

  const begin = async (server, client) => {
    for (const guest of Object.values(guests)) await guest.ask("reset");
    const here = new World(id);
    await here.make("server", guests[server], 9);
    await here.make("alice", guests[client], 1);
    const link = await here.link("alice", "server");
    const header = id.open("comap", "zboth");
    return { here, link, header, subject: id.id(header) };
  };

  test("an old server passes over uploads of a recent client until it reconnects", async () => {
    const { here, link, header, subject } = await begin("old", "recent");
    await here.app("alice", { op: "create", subject, header }, { op: "set", subject, key: "k", value: 1 });
    await here.wait(200_000);
    assert.equal(here.count("server", subject), 0);
    assert.match(here.nodes.get("server").log.join(), /missing subscribe/);
    await here.cut(link);
    await here.link("alice", "server");
    await here.wait(200_000);
    assert.equal(here.count("server", subject), 1);
  });

  test("a recent server takes the uploads of an old client", async () => {
    const { here, header, subject } = await begin("recent", "old");
    await here.app("alice", { op: "create", subject, header }, { op: "set", subject, key: "k", value: 1 });
    await here.wait(1000);
    assert.equal(here.count("server", subject), 1);
  });
});
