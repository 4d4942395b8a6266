// The operator adds files: they are sent one or two at a time, looked at, put right, and accepted or discarded.

import { areMeant, button, fields, offerUndo, reloading, settled, typed } from "./library-fields.js";
import { get, post, send } from "./library-asking.js";
import { rows } from "./library-rows.js";
import { announce, make, word } from "./words.js";

const section = document.getElementById("library");
const drop = document.getElementById("library-drop");
const input = document.getElementById("library-files");
const { largest, at_once: atOnce, reading } = JSON.parse(section.dataset.facts);

const list = make("ol", { className: "cw-files" });
const acceptAll = button("", () => accept([...waiting]), { className: "cw-first" });
const discardAll = button(word("discard_all"), () => discard([...waiting]));
const actions = make("div", { className: "cw-buttons", hidden: true }, acceptAll, discardAll);
const note = make("p", { className: "cw-hint", hidden: true }, word("waiting_note"));
const undone = make("ul", { className: "cw-files" });

const queue = [];
let sending = 0;
let refused = 0;

// The items that wait to be accepted: each {key, title, element, body, buttons}.
const waiting = new Set();

const show = () => {
  acceptAll.textContent = word("accept_all", { n: waiting.size });
  actions.hidden = waiting.size < 2;
  note.hidden = waiting.size === 0;
};

const newItem = (name) => {
  const body = make("div", {}, make("p", {}, word("queued")));
  const element = make("li", {}, make("h3", {}, name), body);
  list.append(element);
  return { name, body, element };
};

// Leaves the focus where a person can go on after an element went away.
const leave = (element) => {
  const held = element.contains(document.activeElement);
  const next = element.nextElementSibling ?? element.previousElementSibling;
  element.remove();
  if (held) (next?.querySelector("button, a, input") ?? input).focus();
};

const refuse = (item, why, file = null) => {
  refused += 1;
  const dismiss = button(word("dismiss"), () => leave(item.element));
  const again = file && button(word("again"), () => { refused -= 1; queue.push([file, item]); item.body.replaceChildren(make("p", {}, word("queued"))); next(); });
  const words = make("p", { className: "cw-wrong-file" }, `${word("refused")}${lang("：", ": ")}${why}`);
  item.body.replaceChildren(words, make("div", { className: "cw-buttons" }, again, dismiss));
};

const lang = (zh, en) => (document.documentElement.lang === "en" ? en : zh);
// The parameter that keeps the language of this page.
const { query } = document.getElementById("library").dataset;

const textOf = (key) => {
  const text = make("pre", { tabIndex: 0 });
  const details = make("details", {}, make("summary", {}, word("text")), text);
  details.addEventListener("toggle", async () => {
    if (text.textContent) return;
    try {
      text.textContent = (await get(`staged/${key}`)).text;
    } catch (error) {
      text.textContent = word("failed", { why: error.message });
    }
  });
  return details;
};

// Shows what was read of a file, with its fields to be put right.
const preview = (item, read) => {
  const { key, known, namesake, notes } = read;
  Object.assign(item, { key, title: read.fields.title });
  const said = make("p", {}, word("read", { n: read.characters.toLocaleString() }));
  const twin = known ? word("known", { title: known }) : namesake ? word("namesake", { id: namesake }) : "";
  const lost = make("ul", { className: "cw-lost" }, ...notes.map((line) => make("li", {}, line)));
  const yes = button(word("accept"), () => accept([item]), { ariaLabel: `${word("accept")} ${item.name}` });
  const no = button(word("discard"), () => discard([item]), { ariaLabel: `${word("discard")} ${item.name}` });
  item.said = said;
  item.buttons = [yes, no];
  item.body.replaceChildren(
    said,
    ...(twin ? [make("p", { className: "cw-wrong-file" }, twin)] : []),
    ...(notes.length ? [make("p", { className: "cw-hint" }, word("notes")), lost] : []),
    fields(read.fields),
    make("p", { className: "cw-hint" }, word("empty_hint")),
    textOf(key),
    make("div", { className: "cw-buttons" }, yes, no),
  );
  waiting.add(item);
  show();
};

const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

const sendOne = async (file, item) => {
  const bar = make("progress", { max: 1, value: 0, ariaLabel: word("progress", { name: item.name }) });
  const said = make("p", {}, word("sending", { n: 0 }));
  item.body.replaceChildren(said, bar);
  const onPart = (part) => {
    bar.value = part;
    said.textContent = part < 1 ? word("sending", { n: Math.floor(part * 100) }) : word("reading");
  };
  for (;;) {
    try {
      const read = await send(file, word("broken", { name: file.name }), onPart);
      if (read.refused) refuse(item, read.refused);
      else preview(item, read);
      return;
    } catch (error) {
      if (!error.wait) { refuse(item, error.message, file); return; }
      await pause(error.wait);
    }
  }
};

const next = async () => {
  if (sending >= reading || !queue.length) return;
  sending += 1;
  const [file, item] = queue.shift();
  await sendOne(file, item);
  sending -= 1;
  if (!queue.length && !sending) announce(word("read_all", { n: waiting.size, m: refused }));
  next();
};

const take = (files) => {
  refused = 0;
  for (const file of files) {
    const item = newItem(file.name);
    if (file.isFolder) refuse(item, word("is_folder", { name: file.name }));
    else if (file.size > largest) refuse(item, word("too_large", { name: file.name, n: largest / 1024 ** 2 }));
    else queue.push([file, item]);
  }
  for (let n = 0; n < reading; n += 1) next();
};

const busy = (items, words) => {
  for (const item of items) {
    item.said.textContent = words;
    for (const one of item.buttons) one.disabled = true;
  }
  acceptAll.disabled = discardAll.disabled = true;
};

const free = (items) => {
  for (const item of items) for (const one of item.buttons) one.disabled = false;
  acceptAll.disabled = discardAll.disabled = false;
};

const done = (item, row, words) => {
  waiting.delete(item);
  const open = make("a", { href: `/read/${encodeURIComponent(row.doc_id)}${query}` }, word("open"));
  const ask = make("a", { href: `/${query}` }, word("ask"));
  item.element.querySelector("h3").textContent = row.title;
  const line = make("div", { className: "cw-buttons" }, open, ask, reloading());
  item.body.replaceChildren(make("p", {}, words), line);
};

// Accepts items, some at a time: how many are new and in the answers, and whether all are.
const acceptSome = async (items) => {
  const byKey = new Map(items.map((item) => [item.key, item]));
  const files = items.map((item) => ({ key: item.key, ...typed(item.body) }));
  const result = await post("accept", { files });
  const words = `${word("added")}${lang("，", ". ")}${settled(result.answers, word("in_answers"))}`;
  for (const row of result.added) done(byKey.get(row.key), row, words);
  for (const row of result.known) done(byKey.get(row.key), row, word("was_known"));
  for (const { key, message } of result.refused) byKey.get(key).said.textContent = word("failed", { why: message });
  return { added: result.added.length, answers: result.answers, why: result.refused[0]?.message };
};

const accept = async (items) => {
  if (!items.every((item) => areMeant(item.body))) return;
  busy(items, word("accepting"));
  let added = 0;
  let words = "";
  try {
    for (let at = 0; at < items.length; at += atOnce) {
      const part = await acceptSome(items.slice(at, at + atOnce));
      added += part.added;
      words = part.why ? word("failed", { why: part.why }) : part.answers ? "" : word("later");
    }
    words ||= word("all_in_answers", { n: added });
  } catch (error) {
    words = word("failed", { why: error.message });
    for (const item of items) if (waiting.has(item)) item.said.textContent = words;
  }
  free(items);
  show();
  announce(words, { seen: true });
  const first = items[0].element.querySelector("a, button");
  if (document.activeElement === document.body) first?.focus();
};

const discard = async (items) => {
  busy(items, word("discard"));
  try {
    await post("discard", { keys: items.map((item) => item.key) });
    for (const item of items) { waiting.delete(item); leave(item.element); }
  } catch (error) {
    for (const item of items) item.said.textContent = word("failed", { why: error.message });
  }
  free(items);
  show();
};

// What was dropped: files, and folders as what cannot be taken.
const dropped = (transfer) =>
  [...transfer.items].filter(({ kind }) => kind === "file").map((one) => {
    const entry = one.webkitGetAsEntry?.();
    return entry?.isDirectory ? { name: entry.name, isFolder: true } : one.getAsFile();
  });

const listenForFiles = () => {
  input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
  // A file that misses the area must not replace the page.
  document.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("cw-over"); });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("cw-over"); });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("cw-over");
    take(dropped(event.dataTransfer));
  });
};

const begin = async () => {
  document.getElementById("library-waiting").replaceChildren(undone, note, actions, list);
  drop.hidden = false;
  listenForFiles();
  rows();
  try {
    const { files, removals } = await get("staged");
    for (const read of files) preview(newItem(read.name), read);
    for (const removal of removals) {
      const place = make("li");
      undone.append(place);
      offerUndo(place, removal, removal.names.join(lang("、", ", ")));
    }
  } catch (error) {
    announce(word("failed", { why: error.message }), { seen: true });
  }
};

begin();
