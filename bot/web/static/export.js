// Gives a conversation out as a file: Markdown is made here, a Word document by the server, which keeps nothing of it.

import { markdown, turnsOf } from "./plain.js";
import { announce, word } from "./words.js";

const TURNS = 100; // the last ones, as many as the server takes

const save = (blob, entry, ending) => {
  const url = URL.createObjectURL(blob);
  const day = new Date(entry.time).toISOString().slice(0, 10);
  Object.assign(document.createElement("a"), { href: url, download: `chengwen-${day}-${entry.id.slice(0, 4)}.${ending}` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
};

const asWord = async (entry) => {
  const when = new Date(entry.time).toLocaleString(navigator.language);
  const body = { title: entry.title, when, lang: document.documentElement.lang, turns: turnsOf(entry).slice(-TURNS) };
  let response;
  try {
    response = await fetch("/export/docx", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  } catch {
    throw new Error(word("offline"));
  }
  if (!response.ok) throw new Error((await response.json().catch(() => null))?.error?.message ?? String(response.status));
  return response.blob();
};

// `entry` is {id, title, time, messages} as a browser keeps it; `form` is "markdown" or "docx".
export const giveOut = async (entry, form) => {
  if (form === "markdown") {
    save(new Blob([markdown(entry)], { type: "text/markdown;charset=utf-8" }), entry, "md");
    return;
  }
  try {
    save(await asWord(entry), entry, "docx");
  } catch (error) {
    announce(word("not_exported", { why: error.message }), { seen: true });
  }
};
