// What Gradio's page lacks: Chinese names for assistive software, a box that is ready again, marks that lead to their source.
(() => {
  "use strict";
  const PLACEHOLDER = "请输入问题，按回车键发送";
  const NAMES = { "chatbot conversation": "对话", "Loading response": "正在检索" };
  let asking = false;

  const mend = () => {
    if (document.documentElement.lang !== "zh-CN") document.documentElement.lang = "zh-CN";
    // Gradio names a message by its source, tags and all, and an example in English; the text in them says enough.
    for (const named of document.querySelectorAll("[data-testid=bot][aria-label], [data-testid=user][aria-label], .example[aria-label]"))
      named.removeAttribute("aria-label");
    for (const [english, chinese] of Object.entries(NAMES))
      for (const found of document.querySelectorAll(`[aria-label="${english}"]`)) found.setAttribute("aria-label", chinese);
    const box = document.querySelector("textarea");
    if (!box) return;
    if (!box.placeholder) box.placeholder = PLACEHOLDER;
    if (asking && !box.disabled && document.activeElement === document.body) box.focus({ preventScroll: true });
    asking = box.disabled;
  };

  new MutationObserver(mend).observe(document.documentElement, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["aria-label", "disabled", "lang", "placeholder"],
  });

  // Enter that picks a word in an input method does not send, nor does anything that would send an empty box.
  const idle = (event) => {
    const sends = event.target.closest?.(event.type === "click" ? ".submit-button" : "textarea");
    const empty = () => !document.querySelector("textarea").value.trim();
    if (!sends || (event.type !== "click" && event.key !== "Enter")) return;
    if (!event.isComposing && (event.shiftKey || !empty())) return;
    event.stopImmediatePropagation();
    if (!event.isComposing) event.preventDefault();
  };
  for (const type of ["keydown", "keypress", "click"]) document.addEventListener(type, idle, true);

  document.addEventListener("click", (event) => {
    const mark = event.target.closest("a.cw-mark");
    if (!mark) return;
    event.preventDefault();
    const sources = mark.closest(".cw-message").querySelectorAll("ol.cw-sources li");
    const source = sources[Number(mark.hash.slice(4)) - 1];
    if (!source) return;
    source.scrollIntoView({ block: "nearest" });
    source.classList.add("cw-found");
    setTimeout(() => source.classList.remove("cw-found"), 1500);
  });
})();
