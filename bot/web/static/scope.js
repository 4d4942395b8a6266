// To which documents questions are limited: chosen on cards or by the address, shown below the box, sent with each question.

import * as gradio from "./gradio.js";
import { announce, make, word } from "./words.js";

const AT_MOST = 50; // as the server takes from an address
const shown = document.getElementById("cw-scope");
const cards = [...document.querySelectorAll(".cw-choose")];
const openers = [...document.querySelectorAll(".cw-openers .cw-ask")];
const OPENERS = 3;

// The documents chosen, [{id, title}], in the order of choosing; none is no limit.
let chosen = [];
export const scope = () => chosen;

const chip = ({ id, title }) => {
  const name = make("span", { className: "cw-chip-name" }, title);
  const out = make("span", { className: "cw-unseen" }, word("scope_out"));
  const remove = () => {
    choose(chosen.filter((one) => one.id !== id), { tell: true });
    (shown.querySelector("button") ?? gradio.box())?.focus();
  };
  return make("li", {}, make("button", { type: "button", className: "cw-chip cw-icon-shut", title, onclick: remove }, name, out));
};

// Openers about other documents would find nothing.
const showOpeners = (ids) => {
  let left = OPENERS;
  for (const opener of openers) {
    const fits = ids.length ? ids.includes(opener.dataset.of) : "first" in opener.dataset;
    opener.parentElement.hidden = !fits || left <= 0;
    if (fits) left -= 1;
  }
  const section = document.querySelector(".cw-openers");
  if (section) section.classList.toggle("cw-none", left === OPENERS);
};

const showInAddress = (ids) => {
  const address = new URL(location.href);
  address.searchParams.delete("doc");
  for (const id of ids) address.searchParams.append("doc", id);
  history.replaceState(history.state, "", address);
};

// Limits the questions that follow to `documents`; `tell` says so to assistive software.
export const choose = (documents = [], { tell = false } = {}) => {
  chosen = documents.slice(0, AT_MOST);
  const ids = chosen.map(({ id }) => id);
  shown.querySelector("ul").replaceChildren(...chosen.map(chip));
  shown.hidden = !ids.length;
  for (const card of cards) card.setAttribute("aria-pressed", String(ids.includes(card.dataset.doc)));
  showOpeners(ids);
  showInAddress(ids);
  gradio.limit(ids);
  if (tell) announce(ids.length ? word("scope_on", { n: ids.length }) : word("scope_off"));
};

const toggle = (card) => {
  const { doc: id } = card.dataset;
  const without = chosen.filter((one) => one.id !== id);
  choose(without.length < chosen.length ? without : [...chosen, { id, title: card.textContent }], { tell: true });
};

// What the address names, [{id, title}].
export const wanted = () => JSON.parse(document.getElementById("cw-wanted").textContent);

export const offerScope = () => {
  for (const card of cards) card.addEventListener("click", () => toggle(card));
};
