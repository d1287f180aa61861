// Disks: a database in memory for each node that has one.
//
// A disk is the list of all that was committed to it. The database is what comes of playing the
// list, so that an older state, or the copy of another node's disk, is a shorter list or another.

import { off } from "./machine.mjs";

let SQL;

// sql.js is read in when the first node has a disk. `resolver` finds it.
export async function newDisk(resolver) {
  SQL ??= await resolver("sql.js")();
  return new Disk();
}

const READS = /^\s*(select|pragma\s+\w+\s*;?\s*$)/i;

class Disk {
  #commits = [];
  // How many of the commits have only made the tables, and how many there were when the step began.
  #formatted = 0;
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

  // Makes the tables count as there from the start.
  formatted() {
    if (this.#formatted === 0) this.#formatted = this.#commits.length;
    this.#before = Math.max(this.#before, this.#formatted);
  }

  // A step begins.
  step() {
    this.#before = this.#commits.length;
  }

  // How often was committed in this step, and where the step began.
  commits() {
    return this.#commits.length - this.#before;
  }

  sinceStep() {
    return this.#before;
  }

  // The process ended when only so many commits of the step that began at `before` had reached
  // the disk.
  cut(before, count) {
    const kept = Math.max(before, this.#formatted) + count;
    if (kept >= this.#commits.length) return;
    this.#commits.length = kept;
    this.#before = kept;
    this.close();
  }

  copy() {
    return { commits: this.#commits.slice(), formatted: this.#formatted };
  }

  become({ commits, formatted }) {
    this.#commits = commits.slice();
    this.#formatted = formatted;
    this.#before = commits.length;
    this.close();
  }

  empty() {
    this.become({ commits: [], formatted: 0 });
  }

  close() {
    for (const statement of this.#statements.values()) statement.free();
    this.#statements.clear();
    this.#database?.close();
    this.#database = undefined;
  }

  // How much the tables hold of each CoValue.
  known() {
    const known = new Map();
    for (const { id } of this.#read("SELECT id FROM coValues")) known.set(id, {});
    const rows = this.#read(
      "SELECT id, sessionID, lastIdx FROM sessions JOIN coValues ON coValue = coValues.rowID",
    );
    for (const { id, sessionID, lastIdx } of rows) known.get(id)[sessionID] = lastIdx;
    return known;
  }

  #play() {
    this.#database = off(() => new SQL.Database());
    // What is kept of the disk is the list, so the database need not be safe by itself.
    this.#run("PRAGMA journal_mode=MEMORY", []);
    this.#run("PRAGMA synchronous=OFF", []);
    for (const statements of this.#commits) {
      if (statements.length > 1) this.#run("BEGIN", []);
      for (const { sql, values } of statements) this.#run(sql, values);
      if (statements.length > 1) this.#run("COMMIT", []);
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
    if (this.#pending.length > 0) this.#commits.push(this.#pending);
    this.#pending = [];
  }

  #read(sql) {
    return this.#run(sql, []);
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
