// The dialog of earlier conversations: open, export, delete.

import { giveOut } from "./export.js";
import * as kept from "./kept.js";
import { announce, closeOutside, make, word } from "./words.js";

let dialog = null;
let reopen = null;

const button = (name, about, onclick, className = "") => {
  const made = make("button", { type: "button", className, onclick }, word(name));
  if (about) made.setAttribute("aria-label", `${word(name)}：${about}`);
  return made;
};

const row = (entry) => {
  const when = new Date(entry.time).toLocaleString(navigator.language, { dateStyle: "medium", timeStyle: "short" });
  const open = () => { dialog.close(); reopen(entry); };
  const remove = () => {
    kept.remove(entry.id);
    if (kept.isCurrent(entry.id)) reopen(null);
    announce(word("removed"));
    list();
    dialog.querySelector(".cw-close").focus();
  };
  return make(
    "li",
    kept.isCurrent(entry.id) ? { className: "cw-now" } : {},
    make("button", { type: "button", className: "cw-title", onclick: open }, entry.title),
    make("time", { dateTime: new Date(entry.time).toISOString() }, when),
    button("export_markdown", entry.title, () => giveOut(entry, "markdown"), "cw-plain cw-icon-save"),
    button("export_docx", entry.title, () => giveOut(entry, "docx"), "cw-plain cw-icon-save"),
    button("remove", entry.title, remove, "cw-plain cw-icon-remove"),
  );
};

const removeAll = (event) => {
  const { target } = event;
  if (target.textContent !== word("remove_sure")) {
    target.textContent = word("remove_sure");
    return;
  }
  kept.removeAll();
  reopen(null);
  announce(word("removed"));
  list();
  dialog.querySelector(".cw-close").focus();
};

const list = () => {
  const entries = kept.all();
  const note = !kept.works() ? word("history_shut") : entries.length ? word("history_note", { n: kept.AT_MOST }) : word("history_empty");
  const all = entries.length ? make("footer", {}, button("remove_all", "", removeAll, "cw-plain cw-icon-remove")) : null;
  const close = make("button", { type: "button", className: "cw-close cw-plain cw-icon-shut", onclick: () => dialog.close() }, word("close"));
  dialog.replaceChildren(
    make("header", {}, make("h2", { id: "cw-earlier-title" }, word("history")), close),
    make("p", { className: "cw-fine" }, note),
    make("ul", {}, ...entries.map(row)),
    ...(all ? [all] : []),
  );
};

// `opening(entry)` shows a conversation, or an empty one for null.
export const offerHistory = (opening) => {
  reopen = opening;
  dialog = make("dialog", { id: "cw-earlier" });
  dialog.setAttribute("aria-labelledby", "cw-earlier-title");
  closeOutside(dialog);
  document.body.append(dialog);
  document.getElementById("cw-history").addEventListener("click", () => { list(); dialog.showModal(); });
};
