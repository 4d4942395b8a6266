// The dialog of sources: a quoted sentence, highlighted in its paragraph.

import { asked, closeOutside, make, pageName, word } from "./words.js";

const PLACE = /^\/read\/([^/?]+)$/;
let dialog = null;
let marks = [];
let at = 0;

// The passage that a link to our page of an article leads to, or null.
export const passageOf = (link) => {
  const { pathname, searchParams } = new URL(link.href);
  const found = PLACE.exec(pathname);
  return found && searchParams.has("start") ? `${found[1]}.${searchParams.get("start")}-${searchParams.get("end")}` : null;
};

const outside = (href, text) => make("a", { href, target: "_blank", rel: "noopener" }, text);

// scrollIntoView would also move the dialog, and its head out of sight.
const centre = (mark, block) => {
  const [inner, outer] = [mark, block].map((element) => element.getBoundingClientRect());
  block.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
};

const fill = (passage, link) => {
  const around = passage.title + passage.before + passage.text + passage.after;
  const place = [passage.section, pageName(passage.page, around), passage.source, passage.published].filter(Boolean).join(" · ");
  dialog.querySelector("h2").textContent = passage.title;
  dialog.querySelector(".cw-place").textContent = place;
  dialog.querySelector("blockquote").replaceChildren(passage.before, make("mark", {}, passage.text), passage.after);
  const links = [outside(link.href, word("read"))];
  if (passage.file) links.push(outside(passage.file, word("file")));
  if (passage.url !== passage.read.split("?")[0]) links.push(outside(passage.url, word("original")));
  dialog.querySelector(".cw-links").replaceChildren(...links);
  centre(dialog.querySelector("mark"), dialog.querySelector("blockquote"));
};

const show = async (n) => {
  at = n;
  const link = marks[n];
  dialog.querySelector(".cw-count").textContent = word("source", { n: n + 1, all: marks.length });
  const [previous, following] = dialog.querySelectorAll(".cw-step-button");
  previous.disabled = n === 0;
  following.disabled = n === marks.length - 1;
  previous.hidden = following.hidden = marks.length === 1;
  // A disabled button would keep the focus and swallow the keys.
  if (document.activeElement.disabled) dialog.focus();
  try {
    const passage = await asked(`/api/passages/${passageOf(link)}`);
    if (at === n) fill(passage, link);
  } catch (error) {
    dialog.querySelector("blockquote").textContent = word("no_source", { why: error.message });
  }
};

const built = () => {
  const step = (by, name) =>
    make("button", { type: "button", className: "cw-step-button", onclick: () => show(at + by) }, word(name));
  const close = make("button", { type: "button", className: "cw-close", onclick: () => dialog.close() }, word("close"));
  const heading = make("h2", { id: "cw-source-title" });
  const built = make(
    "dialog",
    { id: "cw-source", tabIndex: -1 },
    make("header", {}, make("p", { className: "cw-count" }), close),
    heading,
    make("p", { className: "cw-place" }),
    make("blockquote", { tabIndex: 0, lang: "zh-CN" }),
    make("footer", {}, step(-1, "previous"), make("span", { className: "cw-links" }), step(1, "following")),
  );
  built.setAttribute("aria-labelledby", heading.id);
  closeOutside(built);
  built.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by && marks[at + by]) show(at + by);
  });
  document.body.append(built);
  return built;
};

// Opens the source of one mark; the other marks of the same answer, on its side, are before and after it.
const openMark = (mark) => {
  dialog ??= built();
  const seen = new Map([...mark.closest(".cw-side, .cw-message").querySelectorAll("a.cw-mark")].map((m) => [m.textContent, m]));
  marks = [...seen.values()];
  mark.focus();
  dialog.showModal();
  show(marks.findIndex((m) => m.textContent === mark.textContent));
};

export const followMarks = () =>
  document.addEventListener("click", (event) => {
    const mark = event.target.closest?.("a.cw-mark");
    // Other clicks open the article in a tab of its own, as any link does.
    if (!mark || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openMark(mark);
  });
