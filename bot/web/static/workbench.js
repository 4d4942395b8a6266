// What is selected in the article goes into the form, with its place counted in characters as the server counts them.
(() => {
  "use strict";
  const source = document.querySelector("[data-source]");
  const form = document.getElementById("choose");
  if (!source || !form) return;
  const { quote, start, end } = form.elements;
  const length = (text) => Array.from(text).length;

  // The offset of a place in the text, or NaN where it is in no line of it.
  const offset = (node, at) => {
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    const line = element.closest("[data-start]") || element.childNodes[at]?.previousElementSibling;
    if (!line?.dataset?.start) return NaN;
    const before = document.createRange();
    before.setStart(line, 0);
    if (line.contains(node)) before.setEnd(node, at);
    else before.setEnd(line, line.childNodes.length);
    return Number(line.dataset.start) + length(before.toString());
  };

  const take = () => {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    if (!source.contains(range.startContainer) || !source.contains(range.endContainer)) return;
    const places = [offset(range.startContainer, range.startOffset), offset(range.endContainer, range.endOffset)];
    quote.value = range.toString().replace(/\n\s*/g, "\n").trim();
    [start.value, end.value] = places.some(Number.isNaN) ? ["", ""] : places.map(String);
  };
  document.addEventListener("selectionchange", take);
  take();
  // Words that are typed are found where they stand.
  quote.addEventListener("input", () => { start.value = end.value = ""; });
})();
