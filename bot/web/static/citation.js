// The sources of an answer: a quoted sentence among what stands around it, beside the answer, or on a phone from below.

import { own } from "./own-html.js";
import { closeOutside, make, word } from "./words.js";

const PLACE = /^\/read\/([^/?]+)$/;
const wide = matchMedia("(min-width: 1100px)");
let view = null;
let marks = [];
let at = 0;
let opener = null;
let other = null; // the quote with the punctuation that is not shown now

// The passage that a link to our page of an article leads to, or null.
export const passageOf = (link) => {
  const { pathname, searchParams } = new URL(link.href);
  const found = PLACE.exec(pathname);
  return found && searchParams.has("start") ? `${found[1]}.${searchParams.get("start")}-${searchParams.get("end")}` : null;
};

// scrollIntoView would also move the page, and the head of the view out of sight.
const centre = () => {
  const block = view.querySelector("blockquote");
  if (!block) return;
  const [inner, outer] = [block.querySelector("mark"), block].map((element) => element.getBoundingClientRect());
  block.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
};

// Our server draws the source; what it sends is taken over as its own elements and nothing else.
const fetched = async (passage) => {
  let response;
  try {
    response = await fetch(`/source/${passage}?lang=${document.documentElement.lang}`);
  } catch {
    throw new Error(word("offline"));
  }
  if (!response.ok) throw new Error((await response.json().catch(() => null))?.error?.message ?? String(response.status));
  return own(await response.text());
};

const fill = (nodes) => {
  view.querySelector(".cw-body").replaceChildren(...nodes);
  view.querySelector("h2").id = "cw-source-title";
  for (const quote of view.querySelectorAll("blockquote, .cw-table")) quote.tabIndex = 0;
  other = view.querySelector(".cw-raw");
  other?.remove();
  for (const link of view.querySelectorAll("a")) Object.assign(link, { target: "_blank", rel: "noopener" });
  const raw = view.querySelector(".cw-as-written");
  raw.hidden = !other;
  raw.setAttribute("aria-pressed", "false");
  centre();
};

const show = async (n) => {
  at = n;
  for (const mark of document.querySelectorAll(".cw-mark.cw-shown")) mark.classList.remove("cw-shown");
  marks[n].classList.add("cw-shown");
  view.querySelector(".cw-count").textContent = word("source", { n: n + 1, all: marks.length });
  const [previous, following] = view.querySelectorAll(".cw-step-button");
  previous.disabled = n === 0;
  following.disabled = n === marks.length - 1;
  previous.hidden = following.hidden = marks.length === 1;
  // A disabled button would keep the focus and swallow the keys.
  if (document.activeElement.disabled) view.focus();
  try {
    const nodes = await fetched(passageOf(marks[n]));
    if (at === n) fill(nodes);
  } catch (error) {
    const heading = make("h2", { id: "cw-source-title" }, word("source", { n: n + 1, all: marks.length }));
    view.querySelector(".cw-body").replaceChildren(heading, make("p", {}, word("no_source", { why: error.message })));
  }
};

// The quote with the punctuation that the original has, and back.
const switchRaw = ({ currentTarget: button }) => {
  button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
  const shown = view.querySelector("blockquote");
  shown.replaceWith(other);
  other.hidden = false;
  other = shown;
  centre();
};

const built = () => {
  const step = (by, name) => {
    const button = make("button", { type: "button", className: `cw-step-button cw-${name}`, title: word(name), onclick: () => show(at + by) });
    button.setAttribute("aria-label", word(name));
    return button;
  };
  const close = make("button", { type: "button", className: "cw-close", title: word("close"), onclick: () => view.close() });
  close.setAttribute("aria-label", word("close"));
  const raw = make("button", { type: "button", className: "cw-as-written", hidden: true, onclick: switchRaw }, word("as_written"));
  const head = make("header", {}, make("p", { className: "cw-count" }), step(-1, "previous"), step(1, "following"), raw, close);
  const built = make("dialog", { id: "cw-source", tabIndex: -1 }, head, make("div", { className: "cw-body" }));
  built.setAttribute("aria-labelledby", "cw-source-title");
  closeOutside(built);
  built.addEventListener("close", closed);
  built.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by && marks[at + by]) show(at + by);
  });
  document.body.append(built);
  return built;
};

const closed = () => {
  document.body.classList.remove("cw-split", "cw-split-source");
  for (const mark of document.querySelectorAll(".cw-mark.cw-shown")) mark.classList.remove("cw-shown");
  if (opener?.isConnected) opener.focus({ preventScroll: true });
};

// Opens the source of one mark; the other marks of the same answer, on its side, are before and after it.
const openMark = (mark) => {
  view ??= built();
  const seen = new Map([...mark.closest(".cw-side, .cw-message").querySelectorAll("a.cw-mark")].map((m) => [m.textContent, m]));
  marks = [...seen.values()];
  opener = mark;
  if (!view.open) {
    document.dispatchEvent(new CustomEvent("cw-beside"));
    if (wide.matches) view.show();
    else view.showModal();
    document.body.classList.toggle("cw-split", wide.matches);
    document.body.classList.toggle("cw-split-source", wide.matches);
  }
  view.focus();
  show(marks.findIndex((m) => m.textContent === mark.textContent));
};

export const followMarks = () => {
  document.addEventListener("click", (event) => {
    const mark = event.target.closest?.("a.cw-mark");
    // Other clicks open the article in a tab of its own, as any link does.
    if (!mark || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openMark(mark);
  });
  // What stands beside the page is no modal dialog, which Escape would close by itself.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && view?.open && !document.querySelector("dialog:modal")) view.close();
  });
  wide.addEventListener("change", () => { if (view?.open) view.close(); });
};
