// The vectors of bytes. What the older version was given, is given to this one too, in the same form; what it has not
// got is made anew.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Dice, hex } from "./dice.mjs";

// The vectors of a list of the older version.
function older(name) {
  const bytes = readFileSync(join(import.meta.dirname, "..", "data", `${name}.json.gz`));
  return JSON.parse(gunzipSync(bytes)).vectors;
}

// The package's stable text of values.
export function stable({ main: { cojsonInternals } }) {
  return older("stable-stringify").map((vector) => {
    const { n, name, inputJson, inputTagged, tags } = vector;
    const value = inputTagged === undefined ? JSON.parse(inputJson) : untagged(inputTagged);
    const output = cojsonInternals.stableStringify(value);
    return output === undefined
      ? { n, name, inputJson, inputTagged, tags, outputUndefined: true }
      : { n, name, inputJson, inputTagged, tags, output, outputUtf8Hex: hex(Buffer.from(output)) };
  });
}

// A value that JSON cannot hold.
function untagged({ $: tag, v }) {
  if (tag === "undefined") return undefined;
  if (tag === "number") return Number(v);
  if (tag === "array") return v.map(untagged);
  if (tag === "object") return Object.fromEntries(v.map(([key, value]) => [key, untagged(value)]));
  return v;
}

// Agents, each with a signature and hashes.
export function keys({ crypto, main }) {
  return older("keys").map(({ n, secretSeedHex, message }) => {
    const agentSecret = crypto.agentSecretFromSecretSeed(Buffer.from(secretSeedHex, "hex"));
    const agentID = crypto.getAgentID(agentSecret);
    const signerSecret = crypto.getAgentSignerSecret(agentSecret);
    return {
      n,
      secretSeedHex,
      agentSecret,
      sealerSecret: crypto.getAgentSealerSecret(agentSecret),
      signerSecret,
      agentID,
      sealerID: crypto.getAgentSealerID(agentID),
      signerID: crypto.getAgentSignerID(agentID),
      message,
      messageStable: main.cojsonInternals.stableStringify(message),
      signature: crypto.sign(signerSecret, message),
      secureHash: crypto.secureHash(message),
      shortHash: crypto.shortHash(message),
    };
  });
}

// Headers, and their ids and priorities; among them those that this version has brought.
export function coids(pack) {
  const group = "co_zaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  const owned = { type: "ownedByGroup", group };
  const unique = { createdAt: "2026-01-05T09:00:00.000Z", uniqueness: "z3ghtwR3EA6634mnVi" };
  const newer = [
    { type: "coplaintext", ruleset: owned, meta: null, ...unique },
    { type: "colist", ruleset: { ...owned, restrictDeletion: true }, meta: null, ...unique },
    { type: "comap", ruleset: { type: "group", initialAdmin: group }, meta: { name: "us" }, ...unique },
    { type: "comap", ruleset: owned, meta: { branch: "draft", source: group }, uniqueness: "" },
    { type: "comap", ruleset: owned, meta: null, uniqueness: { of: "b", an: "a" } },
    { type: "comap", ruleset: owned, meta: null, uniqueness: true },
  ];
  const added = newer.map((header, at) => ({ n: 100 + at, header }));
  return [...older("coids"), ...added].map(({ n, header }) => ({
    n,
    header,
    headerStable: pack.main.cojsonInternals.stableStringify(header),
    shortHash: pack.crypto.shortHash(header),
    id: pack.id(header),
    priority: pack.main.cojsonInternals.getPriorityFromHeader(header),
  }));
}

// Sessions, and what becomes of what is offered to them: those of the older version, and some written by this one.
// Two of the older version are not taken by this one: it knows no times but whole numbers of milliseconds, and escapes
// what is in an encrypted text that is none.
export function sessionLogs(pack) {
  const taken = older("session-logs").filter(({ name }) => !NOT_TAKEN.includes(name));
  const vectors = taken.map((vector) => {
    const { negative, batches, ...rest } = vector;
    const signed = batches.map(({ transactions, transactionsStable, signature, ...counts }) => ({
      transactions,
      transactionsStable,
      signature,
      txCountAfter: counts.txCountAfter,
      signatureAfterIdx: counts.signatureAfterIdx,
    }));
    return {
      ...rest,
      batches: signed,
      negative: negative
        // This version is given no hashes, and does not look at batches without transactions.
        .filter((offer) => !offer.givenExpectedHash && offer.transactions.length > 0)
        .map((offer) => ({ ...offer, ...verdict(pack, rest, signed, offer) })),
    };
  });
  return [...vectors, ...written(pack)];
}

const NOT_TAKEN = ["odd numbers", "private transaction with unescaped text"];

function log(pack, header, session, batches) {
  const map = pack.crypto.createSessionMap(pack.id(header), JSON.stringify(header), 100 * 1024, false);
  for (const { transactions, signature } of batches) add(map, session, transactions, signature);
  return map;
}

function add(map, session, transactions, signature) {
  const agent = session.slice(0, session.indexOf("_session"));
  map.addTransactions(session, agent.split("/")[1], JSON.stringify(transactions), signature, false);
}

function verdict(pack, vector, batches, offer) {
  const header = offer.otherHeader ?? vector.header;
  const before = offer.otherHeader ? [] : batches.slice(0, offer.afterBatches);
  const map = log(pack, header, vector.sessionID, before);
  const knownStateBefore = map.getKnownState();
  let given = { verdict: "accepted", errorType: null };
  try {
    add(map, offer.sessionID, offer.transactions, offer.signature);
  } catch {
    given = { verdict: "rejected", errorType: "InvalidSignature" };
  }
  return { ...given, knownStateBefore, knownStateAfter: map.getKnownState() };
}

// Sessions that this version writes itself: it keeps the order of members in changes.
function written(pack) {
  const { crypto } = pack;
  const dice = new Dice("session-logs", 0);
  const key = crypto.newRandomKeySecret();
  const changes = [
    [{ op: "set", key: "a", value: { z: 1, a: [true, null, "é\u2028"] } }],
    [{ op: "del", key: "a" }],
    [{ op: "app", value: 'x"y', after: "start" }],
    [],
    [{ op: "set", key: "n", value: [1e21, 0.1, -1.5e-9, 1e20] }],
  ];
  return ["trusting", "private", "with what is said of them"].map((name, at) => {
    const secretSeedHex = hex(dice.bytes(32));
    const agentSecret = crypto.agentSecretFromSecretSeed(Buffer.from(secretSeedHex, "hex"));
    const agentID = crypto.getAgentID(agentSecret);
    const signerSecret = crypto.getAgentSignerSecret(agentSecret);
    const sessionID = `${agentID}_session_z4Euk1URq8RA9QiuJE`;
    const header = { type: "comap", ruleset: { type: "unsafeAllowAll" }, meta: null, uniqueness: `z${at}` };
    const map = log(pack, header, sessionID, []);
    const batches = changes.map((change, index) => {
      const said = at === 2 ? { fww: "one", a: index } : undefined;
      const meta = said && JSON.stringify(said);
      const text = JSON.stringify(change);
      const time = 1767603600000 + index;
      const made = JSON.parse(
        at === 1 || (at === 2 && index % 2 === 1)
          ? map.makeNewPrivateTransaction(sessionID, signerSecret, text, key.id, key.secret, meta, time)
          : map.makeNewTrustingTransaction(sessionID, signerSecret, text, meta, time),
      );
      return {
        transactions: [made.transaction],
        signature: made.signature,
        txCountAfter: index + 1,
        signatureAfterIdx: [],
        written: { changes: change, meta: said ?? null, key },
      };
    });
    return {
      n: 100 + at,
      name: `written by this version: ${name}`,
      secretSeedHex,
      agentSecret,
      agentID,
      signerID: crypto.getAgentSignerID(agentID),
      signerSecret,
      sessionID,
      header,
      coID: pack.id(header),
      batches,
      negative: [],
    };
  });
}

// Which messages bring somebody up to date.
export function newContent(pack) {
  return older("new-content-since").map((vector) => {
    const { header, applied, form, queries } = vector;
    const local = pack.node(pack.secret(new Uint8Array(32).fill(1)), "sealer_z1/signer_z1_session_z1");
    local.syncManager.disableTransactionVerification();
    const core = local.createCoValue(header);
    for (const { sessionID, transactions, signature } of applied) {
      core.tryAddTransactions(sessionID, transactions, signature, true);
    }
    return {
      ...vector,
      coID: core.id,
      knownState: core.knownState(),
      signatureAfterIdx: Object.fromEntries(
        [...core.verified.sessionEntries()].map(([session, { signatureAfter }]) => [
          session,
          Object.keys(signatureAfter).map(Number),
        ]),
      ),
      queries: queries.map(({ name, knownState }) => {
        const sent = JSON.parse(JSON.stringify(core.newContentSince(knownState ?? undefined) ?? null));
        return {
          name,
          knownState,
          expected: sent?.map((message) => shown(message, form)) ?? null,
          sessionOrder: sent?.map((message) => Object.keys(message.new)) ?? null,
        };
      }),
    };
  });
}

// In the form "ranges", the number of transactions stands in the place of them.
function shown(message, form) {
  if (form !== "ranges") return message;
  for (const piece of Object.values(message.new)) {
    piece.nNewTransactions = piece.newTransactions.length;
    delete piece.newTransactions;
  }
  return message;
}

// Values that are encrypted with keys, keys within keys, and keys sealed for agents and for groups.
export function sealed({ crypto }) {
  const dice = new Dice("sealed", 0);
  const values = [[{ op: "set", key: "b", value: 1 }], [], { fww: "one" }, "text", [null, 1.5, "é👩‍👩‍👧"]];
  return values.map((value, n) => {
    const place = { in: `co_z${"b".repeat(20)}${n}`, tx: { sessionID: `co_zAccount_session_z${n}`, txIndex: n * 7 } };
    const [key, other] = [0, 1].map(() => crypto.newRandomKeySecret());
    const [from, to] = [0, 1].map(() => crypto.agentSecretFromSecretSeed(dice.bytes(32)));
    const toID = crypto.getAgentSealerID(crypto.getAgentID(to));
    const group = crypto.groupSealerFromReadKey(key.secret);
    return {
      n,
      place,
      value,
      key,
      other,
      encrypted: crypto.encrypt(value, key.secret, place),
      keyInKey: crypto.encryptKeySecret({ toEncrypt: other, encrypting: key }).encrypted,
      from,
      to,
      sealed: crypto.seal({
        message: other.secret,
        from: crypto.getAgentSealerSecret(from),
        to: toID,
        nOnceMaterial: place,
      }),
      groupSealer: group,
      ...drawing(() => ({
        sealedForGroup: crypto.sealForGroup({
          message: other.secret,
          to: group.publicKey,
          nOnceMaterial: place,
        }),
      })),
    };
  });
}

// What comes of `work`, and the bytes that the package has drawn for it.
function drawing(work) {
  const drawn = [];
  const draw = globalThis.crypto.getRandomValues;
  globalThis.crypto.getRandomValues = (array) => {
    draw.call(globalThis.crypto, array);
    drawn.push(hex(new Uint8Array(array.buffer, array.byteOffset, array.byteLength)));
    return array;
  };
  try {
    return { ...work(), drawn };
  } finally {
    globalThis.crypto.getRandomValues = draw;
  }
}
