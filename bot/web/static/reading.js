// The page of an article: its contents beside it, and a link to ask about the words selected, which stands in the document
// behind their paragraph, so Tab leads to it.
(() => {
  "use strict";
  // Beside the article the contents are open, above it they are asked for. The section that is read is marked.
  const contents = document.querySelector(".cw-outline details");
  const wide = matchMedia("(min-width: 72rem)");
  const links = new Map(Array.from(contents?.querySelectorAll("a") ?? [], (link) => [link.hash.slice(1), link]));
  const headed = Array.from(links.keys(), (id) => document.getElementById(id));
  const unfold = () => { contents.open = wide.matches; };
  // The last section that has begun in the upper third of the window.
  const reading = () => headed.findLast((section) => section.getBoundingClientRect().top < window.innerHeight / 3);
  const mark = () => {
    const now = links.get(reading()?.id);
    if (now?.hasAttribute("aria-current")) return;
    for (const link of links.values()) link.removeAttribute("aria-current");
    now?.setAttribute("aria-current", "true");
    if (wide.matches) now?.scrollIntoView({ block: "nearest" });
  };
  if (contents) {
    unfold();
    wide.addEventListener("change", unfold);
    contents.addEventListener("click", (event) => { if (event.target.closest("a") && !wide.matches) contents.open = false; });
    let due = 0;
    document.addEventListener("scroll", () => { due ||= requestAnimationFrame(() => { due = 0; mark(); }); }, { passive: true });
    mark();
  }

  // Beside an answer the page is the article alone; what it links to opens apart, a question in the chat around.
  const framed = window.self !== window.top;
  const apart = (link) => { if (framed && !link.getAttribute("href").startsWith("#")) link.target = link.search.startsWith("?ask=") ? "_top" : "_blank"; };
  document.documentElement.classList.toggle("cw-framed", framed);
  Array.from(document.links).forEach(apart);
  const LONGEST = 120;
  const SETTLED = 200;
  const article = document.querySelector("[data-question]");
  if (!article) return;
  const { ask, question, more } = article.dataset;
  const link = document.createElement("a");
  link.textContent = ask;
  link.lang = document.documentElement.lang;
  let waiting = 0;
  let pressed = false;

  const chosen = () => {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    // A paragraph taken whole ends before whatever comes next, which may be outside.
    const inside = article.contains(range.startContainer) && (article.contains(range.endContainer) || !range.endOffset);
    const words = Array.from(selection.toString().replace(/\s+/g, " ").trim()).slice(0, LONGEST).join("").trim();
    const touched = Array.from(article.querySelectorAll("p, h1, h2, .cw-table")).filter((block) => !block.closest(".cw-own") && range.intersectsNode(block));
    const block = touched[touched.length - (!range.endOffset && touched.length > 1 ? 2 : 1)];
    const lines = Array.from(range.getClientRects()).filter((rect) => rect.width > 1);
    return inside && words && block && lines.length ? { words, block, last: lines[lines.length - 1] } : null;
  };

  const place = ({ block, last }) => {
    const part = block.closest(".cw-part").getBoundingClientRect();
    link.className = "cw-own cw-ask cw-beside";
    link.style.top = "0";
    const fits = part.right + link.offsetWidth < document.documentElement.clientWidth - 8;
    if (fits) {
      link.style.top = `${last.top + last.height / 2 - link.offsetHeight / 2 - part.top}px`;
      return;
    }
    link.style.top = "";
    link.className = `cw-own cw-ask cw-bar${last.bottom > window.innerHeight * 0.75 ? " cw-top" : ""}`;
  };

  const update = () => {
    const found = chosen();
    if (!found) {
      if (!pressed && document.activeElement !== link) link.remove();
      return;
    }
    link.href = `/?ask=${encodeURIComponent(question.split("{words}").join(found.words))}${more}`;
    apart(link);
    if (link.previousElementSibling !== found.block) found.block.after(link);
    place(found);
  };

  document.addEventListener("selectionchange", () => {
    clearTimeout(waiting);
    waiting = setTimeout(update, SETTLED);
  });
  window.addEventListener("resize", update);
  // To press the link must not undo the selection that it is about.
  link.addEventListener("mousedown", (event) => event.preventDefault());
  link.addEventListener("pointerdown", () => { pressed = true; });
  for (const type of ["pointerup", "pointercancel"]) document.addEventListener(type, () => { pressed = false; });
  link.addEventListener("blur", () => setTimeout(update));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !link.isConnected) return;
    document.getSelection().removeAllRanges();
    link.remove();
  });
})();
