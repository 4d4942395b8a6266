// Large text, remembered: loaded in the head, so that a page never changes size before the eyes.
(() => {
  "use strict";
  const KEY = "chengwen.large";
  const root = document.documentElement;
  // Storage may be shut: then the choice holds for this page alone.
  const recall = () => { try { return localStorage.getItem(KEY) === "1"; } catch { return false; } };
  const remember = (large) => { try { localStorage.setItem(KEY, large ? "1" : "0"); } catch { /* this page alone */ } };

  root.classList.toggle("cw-large", recall());
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("cw-large");
    if (!button) return;
    const show = (large) => {
      root.classList.toggle("cw-large", large);
      button.setAttribute("aria-pressed", String(large));
    };
    show(recall());
    button.hidden = false;
    button.addEventListener("click", () => {
      const large = !root.classList.contains("cw-large");
      remember(large);
      show(large);
    });
  });
})();
