// The words of the page's script, in the page's language, and the one place where it speaks to everybody.

const TEXTS = JSON.parse(document.getElementById("cw-texts").textContent);

// word("source", {n: 1, all: 2}) fills in {n} and {all}.
export const word = (name, values = {}) => TEXTS[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);

let clearing = 0;

// Says something once, politely, to assistive software; `seen` shows it for a moment too.
export const announce = (text, { seen = false } = {}) => {
  const status = document.getElementById("cw-status");
  status.classList.toggle("cw-unseen", !seen);
  // The same words twice are heard twice only if they went away between.
  status.textContent = "";
  setTimeout(() => { status.textContent = text; }, 30);
  clearTimeout(clearing);
  clearing = setTimeout(() => { status.textContent = ""; status.classList.add("cw-unseen"); }, 5000);
};

// An element with properties and children, text never read as HTML: make("a", {href: "/"}, "城问").
export const make = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter((child) => child !== null));
  return element;
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
