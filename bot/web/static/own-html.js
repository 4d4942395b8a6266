// HTML that our server has drawn, taken over piece by piece: the elements and attributes that its templates have, no others.

const ELEMENTS = new Set(
  "A BLOCKQUOTE BR BUTTON CITE DETAILS DIV H2 LI MARK OL P Q SECTION SPAN STRONG SUMMARY SUP TABLE TBODY TD TH TR UL".split(" "),
);
const ATTRIBUTES = ["class", "hidden", "href", "id", "lang", "title", "type"];

// Our pages of an article and its file, or the address where the article was published.
const ADDRESS = /^(?:\/(?:read|file)\/|https?:\/\/)/;

const taken = (node) => {
  if (node.nodeType !== Node.ELEMENT_NODE) return document.createTextNode(node.nodeType === Node.TEXT_NODE ? node.data : "");
  if (!ELEMENTS.has(node.nodeName)) return document.createTextNode(node.textContent);
  const element = document.createElement(node.nodeName);
  for (const name of ATTRIBUTES) {
    const value = node.getAttribute(name);
    if (value !== null && (name !== "href" || ADDRESS.test(value))) element.setAttribute(name, value);
  }
  element.append(...Array.from(node.childNodes, taken));
  return element;
};

// The nodes of `html`. What is foreign in it is there as text.
export const own = (html) => Array.from(new DOMParser().parseFromString(html, "text/html").body.childNodes, taken);
