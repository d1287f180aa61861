// Reads a list of diagrams from a file and prints what Mermaid's own parser says of each: an error, or the names of the
// participants as they are shown, and how many arrows and notes there are.

import { readFile } from "node:fs/promises";
import { JSDOM } from "jsdom";

// Mermaid cleans texts with a document, which it expects to find.
const { window } = new JSDOM("<!DOCTYPE html><body></body>");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");

// What a reader sees: Mermaid writes `#59;` as a placeholder, then as an entity of HTML.
const shown = (text) => {
  const element = window.document.createElement("p");
  element.innerHTML = text.replace(/ﬂ°°(\d+)¶ß/g, "&#$1;").replace(/ﬂ°(\w+)¶ß/g, "&$1;");
  return element.textContent;
};

const parse = async (text) => {
  await mermaid.parse(text);
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  const messages = db.getMessages();
  const notes = messages.filter(({ placement }) => placement !== undefined).length;
  const names = [...db.getActors().values()].map(({ description }) => shown(description));
  return { names, notes, arrows: messages.length - notes };
};

const answers = [];
for (const text of JSON.parse(await readFile(process.argv[2], "utf8"))) {
  answers.push(await parse(text).catch((error) => ({ error: String(error.message ?? error) })));
}
console.log(JSON.stringify(answers));
