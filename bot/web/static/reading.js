// A link to ask about the words selected in the article. It stands in the document behind their paragraph, so Tab leads to it.
(() => {
  "use strict";
  // Beside an answer the page is the article alone; what it links to opens apart, a question in the chat around.
  const framed = window.self !== window.top;
  const apart = (link) => { if (framed && !link.getAttribute("href").startsWith("#")) link.target = link.search.startsWith("?ask=") ? "_top" : "_blank"; };
  document.documentElement.classList.toggle("cw-framed", framed);
  Array.from(document.links).forEach(apart);
  const LONGEST = 120;
  const SETTLED = 200;
  const article = document.querySelector("[data-question]");
  if (!article) return;
  const { ask, question, query } = article.dataset;
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
    const touched = Array.from(article.querySelectorAll("p, h1, h2")).filter((block) => !block.closest(".cw-own") && range.intersectsNode(block));
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
    link.href = `/?ask=${encodeURIComponent(question.split("{words}").join(found.words))}${query.replace("?", "&")}`;
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
