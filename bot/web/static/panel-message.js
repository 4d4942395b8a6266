// Questions and answers as elements. Their words are text and nothing else.

import { languageOf, make, pageName, word } from "./words.js";

const RELATED = 3;
const SHOWN = 90;

const address = ({ doc_id: id, start, end }) => `/read/${encodeURIComponent(id)}?start=${start}&end=${end}#cited`;
const button = (name, properties = {}) => make("button", { type: "button", className: `cw-action cw-${name}`, ...properties }, word(name));

export const question = (text) =>
  make("div", { className: "cw-asked" }, make("p", { lang: languageOf(text) }, make("span", { className: "cw-unseen" }, word("you")), text));

// The words of an answer with the short answer in bold and marks that lead to the citations there are.
const told = (text, citations, short) => {
  const paragraph = make("p", { className: "cw-text" });
  const at = short ? text.indexOf(short) : -1;
  const pieces = at < 0 ? [[text]] : [[text.slice(0, at)], [short, true], [text.slice(at + short.length)]];
  for (const [words, strong] of pieces)
    for (const [n, piece] of words.split(/\[(\d{1,2})\]/).entries())
      if (n % 2) paragraph.append(mark(Number(piece), citations));
      else if (piece) paragraph.append(strong ? make("strong", {}, piece) : piece);
  return paragraph;
};

const mark = (n, citations) => {
  const citation = citations.find((one) => one.n === n);
  if (!citation) return make("sup", {}, make("span", { className: "cw-mark" }, String(n)));
  const link = make("a", { className: "cw-mark", href: address(citation), title: citation.quote, target: "_blank", rel: "noopener" }, String(n));
  link.setAttribute("aria-label", word("mark", { n }));
  return make("sup", {}, link);
};

// 人工智能生成 · qwen-plus: what a text is, and the model that wrote it.
const badge = (model) => make("span", { className: "cw-badge" }, model === null ? word("extracted") : [word("generated"), model].filter(Boolean).join(" · "));

const source = ({ title, section, page, quote, ...place }) =>
  make(
    "li",
    {},
    make("q", { lang: languageOf(quote) }, quote),
    make("a", { href: address(place), target: "_blank", rel: "noopener" }, make("cite", {}, [`《${title}》`, section, pageName(page, title + section + quote)].filter(Boolean).join(" "))),
  );

const sources = ({ citations, ai_generated: generated, written_by: model = "" }) =>
  make(
    "details",
    { className: "cw-sources", open: true },
    make("summary", {}, `${word("sources")} ${citations.length}`, badge(generated ? model : null)),
    make("ol", {}, ...citations.map(source)),
  );

const related = (hits) => {
  const cut = (text) => (text.length > SHOWN ? `${text.slice(0, SHOWN)}……` : text);
  const items = hits.slice(0, RELATED).map(({ text, ...hit }) => source({ ...hit, quote: cut(text) }));
  return [make("p", { className: "cw-label" }, word("related")), make("ul", { className: "cw-related" }, ...items)];
};

export const suggestions = (texts) => texts.map((text) => make("button", { type: "button", className: "cw-ask", lang: languageOf(text) }, text));

// An answer that is being made: what it is doing, and what of it there is.
export const pending = () =>
  make("div", { className: "cw-message cw-waiting" }, make("p", { className: "cw-step" }, word("waiting")));

// Shows `text`, what has come so far, and above it which `model` writes; a mark that is not whole waits.
export const grow = (message, text, model = "") => {
  message.querySelector(".cw-text")?.remove();
  if (model && !message.querySelector(".cw-badge")) message.append(make("p", { className: "cw-by" }, badge(model)));
  message.append(told(text.replace(/\[\d*$/, ""), []));
};

// Says how much was found, and where a `model` writes that this takes a while.
export const found = (message, n, model = "") => {
  const parts = [`${word("sources")}：${n}`, model && n ? word("writing") : ""];
  message.querySelector(".cw-step").textContent = parts.filter(Boolean).join(" · ");
};

// Turns a message into the whole answer.
export const complete = (message, answer) => {
  message.id = `cw-${answer.answer_id}`;
  message.className = `cw-message cw-${answer.outcome}`;
  message.lang = languageOf(answer.text);
  const next = suggestions(answer.suggestions);
  message.replaceChildren(
    make("span", { className: "cw-unseen" }, word("bot")),
    told(answer.text, answer.citations, answer.short_answer),
    ...(answer.citations.length ? [sources(answer)] : []),
    ...(answer.outcome === "absent" && answer.hits.length ? related(answer.hits) : []),
    ...answer.notices.map((notice) => make("p", { className: "cw-notice" }, notice)),
    make("p", { className: "cw-actions" }, button("copy"), button("useful", { ariaPressed: "false" }), button("useless", { ariaPressed: "false" })),
    ...(next.length ? [make("div", { className: "cw-next" }, make("p", { className: "cw-label" }, word("next")), ...next)] : []),
  );
};

// Says in a message why there is no more of it; gives the button to try again, shut for `wait` seconds.
export const fail = (message, why, wait = 0) => {
  const again = make("button", { type: "button", className: "cw-action cw-again" });
  const show = (left) => {
    again.disabled = left > 0;
    again.textContent = left > 0 ? word("again_in", { n: left }) : word("again");
    if (left > 0) setTimeout(show, 1000, left - 1);
  };
  show(wait);
  message.className = "cw-message cw-failed";
  message.querySelector(".cw-step")?.remove();
  message.append(make("p", { className: "cw-notice" }, why), make("p", { className: "cw-actions" }, again));
};
