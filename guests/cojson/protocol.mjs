// Lines in, lines out: one request, one answer, never anything else.

// Reads requests from standard input, hands each to `handle`, and writes what comes of it. The
// next request is looked at only when the one before is answered. At the end of the input the
// process ends at once, whatever it was doing.
export function serve(handle) {
  const write = process.stdout.write.bind(process.stdout);
  const waiting = [];
  let rest = [];
  let busy = false;

  async function work() {
    if (busy) return;
    busy = true;
    while (waiting.length > 0) {
      write((await answer(waiting.shift(), handle)) + "\n");
    }
    busy = false;
  }

  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (piece) => {
    // A long line comes in many pieces, so they are joined only once its end is there.
    let end = piece.indexOf("\n");
    while (end >= 0) {
      rest.push(piece.slice(0, end));
      const line = rest.join("");
      rest = [];
      if (line.trim() !== "") waiting.push(line);
      piece = piece.slice(end + 1);
      end = piece.indexOf("\n");
    }
    if (piece !== "") rest.push(piece);
    work();
  });
  process.stdin.on("end", () => process.exit(0));
  process.stdin.on("close", () => process.exit(0));
  process.stdout.on("error", () => process.exit(0));
}

async function answer(line, handle) {
  let id = null;
  try {
    const request = JSON.parse(line);
    if (request === null || typeof request !== "object" || Array.isArray(request)) {
      throw new Error("a request is a JSON object");
    }
    if (!Number.isSafeInteger(request.id)) throw new Error("a request has a number, `id`");
    id = request.id;
    return print(id, await handle(request));
  } catch (error) {
    return JSON.stringify({ id, error: words(error) });
  }
}

// An answer as text. Messages were made into text when they were sent, since the package may go
// on to change what it has sent; they are put in as they are.
function print(id, { sent, ...members }) {
  const parts = [`"id":${id}`];
  if (sent && sent.length > 0) parts.push(`"sent":[${sent.join(",")}]`);
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    parts.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
  }
  return `{${parts.join(",")}}`;
}

const LONGEST = 2000;

// What an error says, and nothing of where it was raised: stacks hold paths of this machine. The
// package throws strings, too.
export function words(error) {
  if (!(error instanceof Error)) return cut(typeof error === "string" ? error : readable(error));
  const cause = error.cause === undefined ? "" : `: ${words(error.cause)}`;
  return cut(`${error.message}${cause}`);
}

function readable(value) {
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error) return words(value);
  try {
    return JSON.stringify(value, (_, member) => {
      if (member instanceof Error) return words(member);
      return typeof member === "bigint" ? String(member) : member;
    });
  } catch {
    return "something that is no JSON";
  }
}

function cut(text) {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

// What was given to a method of the console, as one line.
export function line(level, values) {
  const texts = values
    .filter((value) => value !== undefined)
    .map((value) => (typeof value === "string" ? value : readable(value)));
  return cut(`${level}: ${texts.join(" ")}`.replaceAll("\n", " "));
}
