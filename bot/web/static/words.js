// The words of the page's script, in the page's language, and the one place where it speaks to everybody.

const TEXTS = JSON.parse(document.getElementById("cw-texts").textContent);

// word("source", {n: 1, all: 2}) fills in {n} and {all}.
export const word = (name, values = {}) => TEXTS[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);

let clearing = 0;

// Says something once, politely, to assistive software; `seen` shows it for a moment too, or as long as it `stays`.
export const announce = (text, { seen = false, stays = false } = {}) => {
  const status = document.getElementById("cw-status");
  const say = (words, shown) => { status.textContent = words; status.classList.toggle("cw-unseen", !shown); };
  // The same words twice are heard twice only if they went away between.
  say("", false);
  setTimeout(say, 30, text, seen);
  clearTimeout(clearing);
  if (!stays) clearing = setTimeout(say, 5000, "", false);
};

// The language of a text.
export const languageOf = (text) => (/[\u3400-\u9fff]/.test(text) ? "zh-CN" : "en");

// A page of a PDF as a reader of `text` from it calls it; empty without one.
export const pageName = (page, text) => (page ? (languageOf(text) === "en" ? `p. ${page}` : `第 ${page} 页`) : "");

// An element with properties and children, text never read as HTML: make("a", {href: "/"}, "城问").
export const make = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter((child) => child !== null));
  return element;
};

// A press on the page behind `dialog` closes it while `may` allows; one that began inside, as a selection does, is none.
export const closeOutside = (dialog, may = () => true) => {
  let began = false;
  const outside = ({ target, clientX: x, clientY: y }) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    return target === dialog && (x < left || x > right || y < top || y > bottom);
  };
  dialog.addEventListener("pointerdown", (event) => { began = outside(event); });
  dialog.addEventListener("click", (event) => { if (began && outside(event) && may()) dialog.close(); });
};

// What an address answers as JSON; throws an Error whose message is for people.
export const asked = async (address, options = {}) => {
  let response;
  try {
    response = await fetch(address, options);
  } catch {
    throw new Error(word("offline"));
  }
  if (response.status === 204) return null;
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Error(body?.error?.message ?? String(response.status));
  return body;
};
