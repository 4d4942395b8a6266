// The seam with Gradio: where its page is read, asked and mended. Nothing else knows its markup.

import { word } from "./words.js";

const find = (selector) => document.querySelector(selector);

export const box = () => find("#cw-box textarea");
export const isAsking = () => !find("#cw-box .submit-button");
export const bubbles = () => [...document.querySelectorAll("#cw-chat :is([data-testid=user], [data-testid=bot])")];

// One message: what Gradio shows in a bubble, as it would be sent back.
const read = (bubble) => {
  if (bubble.dataset.testid === "user") return { role: "user", content: bubble.querySelector(".cw-asked")?.innerText ?? "" };
  return { role: "assistant", content: bubble.querySelector(".cw-message")?.outerHTML ?? "" };
};
export const conversation = () => bubbles().map(read);

const write = (field, text) => {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
// Gradio takes over what was written after it has drawn.
const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));

export const fill = (text) => {
  write(box(), text);
  box().focus();
};

// Keeps the first `kept` messages, or all of them, and asks.
export const keep = (kept) => write(find("#cw-kept textarea"), String(kept));
// The documents, by id, that the questions which follow are limited to; none is no limit.
export const limit = (ids) => {
  const field = find("#cw-chosen textarea");
  if (field) write(field, ids.length ? JSON.stringify(ids) : "");
};
export const ask = async (question, kept = "") => {
  if (isAsking()) return;
  keep(kept);
  write(box(), question);
  await drawn();
  find("#cw-box .submit-button")?.click();
};

// Shows `messages` instead of what is there. `at` makes the same messages twice two changes.
export const open = (messages) => write(find("#cw-saved textarea"), JSON.stringify({ messages, at: Date.now() }));

// Brings the last question to the top, as far as there is enough below it.
export const showLast = () => {
  const log = find("#cw-chat [role=log]");
  const row = bubbles().findLast(({ dataset }) => dataset.testid === "user")?.closest(".message-row");
  if (log) log.scrollTop = row ? log.scrollTop + row.getBoundingClientRect().top - log.getBoundingClientRect().top - 8 : 0;
};

// Gradio says what went wrong in English and over the page; static/chat.css hides it, and `troubled` hears of it once.
const tell = (troubled) => {
  for (const error of document.querySelectorAll(".toast-body.error:not([hidden])")) {
    error.hidden = true;
    troubled(error.textContent.includes("Connection") ? "lost" : "busy");
  }
};

// Gradio names a bubble by its source, tags and all; the text in it says enough.
const STRAY = "[data-testid=bot][aria-label], [data-testid=user][aria-label]";
const mend = () => {
  for (const stray of document.querySelectorAll(STRAY)) stray.removeAttribute("aria-label");
  for (const loading of document.querySelectorAll('[aria-label="Loading response"]')) loading.setAttribute("aria-label", word("loading"));
  const log = find("#cw-chat [role=log]");
  // Word by word is noise; the page says once when an answer is done.
  if (log && log.getAttribute("aria-live") !== "off") log.setAttribute("aria-live", "off");
  if (log?.tabIndex === -1) log.tabIndex = 0;
  const conversation = word("conversation");
  if (log && log.getAttribute("aria-label") !== conversation) log.setAttribute("aria-label", conversation);
  find("#cw-chat .placeholder-content")?.removeAttribute("role");
  // Its label holds the button too, which would be read as part of the name.
  const label = find("#cw-box [data-testid=block-info]")?.textContent.trim();
  if (label && box()?.getAttribute("aria-label") !== label) box()?.setAttribute("aria-label", label);
  const { lang } = document.documentElement;
  if (lang !== navigator.language) document.documentElement.lang = navigator.language;
};

// Gradio is dark where the system is; what the visitor has chosen for the page counts.
const matchTheme = () => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const { classList } = document.documentElement;
  const agree = () => {
    const dark = classList.contains("dark") || (system.matches && !classList.contains("light"));
    if (document.body.classList.contains("dark") !== dark) document.body.classList.toggle("dark", dark);
  };
  const changes = new MutationObserver(agree);
  for (const element of [document.documentElement, document.body]) changes.observe(element, { attributeFilter: ["class"] });
  system.addEventListener("change", agree);
  agree();
};

// Calls `changed` after every change of the page, mended, and `troubled` for what went wrong.
export const watch = (changed, troubled) => {
  matchTheme();
  const look = () => { mend(); tell(troubled); changed(); };
  new MutationObserver(look).observe(document.documentElement, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["aria-label", "aria-live", "disabled", "lang", "role"],
  });
  look();
};

// Enter that picks a word in an input method does not send, nor does anything that would send an empty box.
export const guardEnter = (isReady) => {
  const idle = (event) => {
    const sends = event.target.closest?.(event.type === "click" ? ".submit-button" : "#cw-box textarea");
    if (!sends || (event.type !== "click" && event.key !== "Enter")) return;
    // Safari says isComposing false for the Enter that ends a composition, and keyCode 229.
    const composing = event.isComposing || event.keyCode === 229;
    if (!composing && (event.shiftKey || (box().value.trim() && isReady()))) return;
    event.stopImmediatePropagation();
    if (!composing) event.preventDefault();
  };
  for (const type of ["keydown", "keypress", "click"]) document.addEventListener(type, idle, true);
};
