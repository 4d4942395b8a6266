// The fields of a document that can be put right, and what can be undone.

import { post } from "./library-asking.js";
import { announce, make, word } from "./words.js";

const FIELDS = [
  ["title", { maxLength: 300 }, true],
  ["published", { type: "date" }, false],
  ["source", { maxLength: 300 }, false],
  ["url", { type: "url", maxLength: 2000, pattern: "https?://.*" }, true],
  ["tags", { maxLength: 1000, placeholder: word("tags_hint") }, true],
];

// A date without its day, 2020-12, would be lost in an input for days.
const withMonth = (properties, value) =>
  properties.type === "date" && /^\d{4}-\d{2}$/.test(value) ? { ...properties, type: "month" } : properties;

const field = (values) => ([name, properties, broad]) =>
  make(
    "label",
    { className: broad ? "cw-broad" : "" },
    word(name),
    make("input", {
      name,
      type: "text",
      autocomplete: "off",
      ...withMonth(properties, values[name]),
      value: values[name] ?? "",
    }),
  );

// Inputs for `values`, {title, published, source, url, tags}.
export const fields = (values) => make("div", { className: "cw-fields" }, ...FIELDS.map(field(values)));

// What stands in the inputs within `element`.
export const typed = (element) =>
  Object.fromEntries([...element.querySelectorAll(".cw-fields input")].map(({ name, value }) => [name, value.trim()]));

// Whether all that was typed can be meant; the browser says what cannot.
export const areMeant = (element) =>
  [...element.querySelectorAll(".cw-fields input")].every((input) => input.reportValidity());

export const button = (text, onclick, properties = {}) =>
  make("button", { type: "button", onclick, ...properties }, text);

// The words of a change that is done: in the answers, or not yet.
export const settled = (answers, words) => (answers ? words : word("later"));

// Fills `place` with a removal that can be undone while its time lasts.
export const offerUndo = (place, { key, seconds }, title) => {
  const text = make("p", {}, word("removed", { title, n: seconds }));
  const expired = setTimeout(() => place.replaceChildren(make("p", {}, word("deleted"))), seconds * 1000);
  const undo = button(word("undo"), async () => {
    undo.disabled = true;
    text.textContent = word("undoing");
    try {
      const { answers } = await post(`removals/${encodeURIComponent(key)}/undo`);
      clearTimeout(expired);
      const words = settled(answers, word("undone"));
      place.replaceChildren(make("p", {}, words), make("div", { className: "cw-buttons" }, reloading()));
      announce(words);
    } catch (error) {
      undo.disabled = false;
      text.textContent = word("failed", { why: error.message });
      announce(text.textContent);
    }
  });
  place.replaceChildren(text, make("div", { className: "cw-buttons" }, undo));
  return undo;
};

export const reloading = () => make("a", { href: location.pathname + location.search }, word("reload"));
