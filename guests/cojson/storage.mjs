// Disks: a database in memory for each node that has one.
//
// Every commit is kept: what it has written, and the commit before it. What a disk holds is the
// last of them, and the database is what comes of playing all that leads to it. So a disk can go
// back to any commit, and go on from one of another's.

import { off } from "./machine.mjs";

let SQL;

// sql.js is read in when the first node has a disk. `resolver` finds it.
export async function newDisk(resolver) {
  SQL ??= await resolver("sql.js")();
  return new Disk();
}

const READS = /^\s*(select|pragma\s+\w+\s*;?\s*$)/i;

class Disk {
  // The node's own commits, by number, over its whole life: one that a crash has taken keeps its
  // number. The first, number 0, has made the tables.
  #commits = [];
  // The commit with which the disk holds what it holds.
  #head;
  // How many commits there were when the step began.
  #before = 0;
  #database;
  #statements = new Map();
  #depth = 0;
  #pending = [];

  // The driver that the package is given. The first time, the package makes its tables; that
  // is no commit of the node.
  open() {
    if (!this.#database) this.#play();
    const disk = this;
    return {
      run: (sql, values) => disk.#do(sql, values),
      query: (sql, values) => disk.#do(sql, values),
      get: (sql, values) => disk.#do(sql, values)[0],
      transaction: (work) => disk.#transaction(work),
      closeDb: () => {},
    };
  }

  // Makes the tables count as there from the start: all that has made them is one commit.
  formatted() {
    if (this.#before > 0) return;
    const statements = this.#commits.flatMap((commit) => commit.statements);
    this.#head = { statements, parent: undefined };
    this.#commits = [this.#head];
    this.#before = 1;
  }

  // A step begins.
  step() {
    this.#before = this.#commits.length;
  }

  // How often was committed in this step.
  commits() {
    return this.#commits.length - this.#before;
  }

  // What the disk held after the commit of this number; nothing where there is none.
  image(number) {
    return this.#commits[number];
  }

  // Holds what some disk held.
  become(image) {
    if (image === this.#head) return;
    this.#head = image;
    this.close();
  }

  empty() {
    this.become(this.image(0));
  }

  close() {
    for (const statement of this.#statements.values()) statement.free();
    this.#statements.clear();
    this.#database?.close();
    this.#database = undefined;
  }

  // How much the tables hold of each CoValue, or of the one with this id.
  known(only) {
    const known = new Map();
    const where = only === undefined ? "" : " WHERE id = ?";
    const values = only === undefined ? [] : [only];
    for (const { id } of this.#run(`SELECT id FROM coValues${where}`, values)) known.set(id, {});
    const rows = this.#run(
      `SELECT id, sessionID, lastIdx FROM sessions JOIN coValues ON coValue = coValues.rowID${where}`,
      values,
    );
    for (const { id, sessionID, lastIdx } of rows) known.get(id)[sessionID] = lastIdx;
    return known;
  }

  #play() {
    this.#database = off(() => new SQL.Database());
    // What is kept of the disk is its commits, so the database need not be safe by itself.
    this.#run("PRAGMA journal_mode=MEMORY", []);
    this.#run("PRAGMA synchronous=OFF", []);
    const commits = [];
    for (let commit = this.#head; commit; commit = commit.parent) commits.push(commit);
    for (const { statements, parent } of commits.reverse()) {
      const together = parent !== undefined && statements.length > 1;
      if (together) this.#run("BEGIN", []);
      for (const { sql, values } of statements) this.#run(sql, values);
      if (together) this.#run("COMMIT", []);
    }
  }

  #do(sql, values) {
    const rows = this.#run(sql, values);
    if (!READS.test(sql)) {
      this.#pending.push({ sql, values });
      if (this.#depth === 0) this.#commit();
    }
    return rows;
  }

  // A transaction that has written nothing is no commit. One that raises an error leaves nothing.
  #transaction(work) {
    if (this.#depth > 0) return work();
    this.#depth = 1;
    this.#run("BEGIN", []);
    try {
      const result = work();
      this.#run("COMMIT", []);
      this.#commit();
      return result;
    } catch (error) {
      this.#pending = [];
      this.#run("ROLLBACK", []);
      throw error;
    } finally {
      this.#depth = 0;
    }
  }

  #commit() {
    if (this.#pending.length > 0) {
      this.#head = { statements: this.#pending, parent: this.#head };
      this.#commits.push(this.#head);
    }
    this.#pending = [];
  }

  #run(sql, values) {
    return off(() => {
      let statement = this.#statements.get(sql);
      if (!statement) {
        statement = this.#database.prepare(sql);
        this.#statements.set(sql, statement);
      }
      try {
        statement.bind(values.map((value) => value ?? null));
        const rows = [];
        while (statement.step()) rows.push(statement.getAsObject());
        return rows;
      } finally {
        statement.reset();
      }
    });
  }
}
