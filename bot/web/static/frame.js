// What every page has around it: the theme and the size of text that were chosen, and a bar while there is no network.
// Loaded in the head, so that no page changes colour or size before the eyes.
(() => {
  "use strict";
  const root = document.documentElement;
  const THEMES = ["auto", "light", "dark"];
  const THEME = "chengwen.theme";
  const LARGE = "chengwen.large";
  const AGAIN = 3000; // milliseconds between two tries whether the server can be reached

  // Storage may be shut: then a choice holds for this page alone.
  const recall = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* this page alone */ } };

  let theme = "auto";
  const dress = (wanted) => {
    theme = THEMES.includes(wanted) ? wanted : "auto";
    for (const name of ["light", "dark"]) root.classList.toggle(name, theme === name);
  };
  dress(recall(THEME));
  root.classList.toggle("cw-large", recall(LARGE) === "1");

  // A conversation that this tab goes on with is drawn at once where it will be: see kept.js.
  const goesOn = () => {
    try {
      return Boolean(localStorage.getItem(`chengwen.conversation.${sessionStorage.getItem("chengwen.current")}`));
    } catch { return false; }
  };
  if (root.classList.contains("cw-chat-page") && goesOn()) root.classList.add("cw-talking");

  // An opener that is pressed before chat.js is there to hear it, which takes it up.
  root.addEventListener("click", ({ target }) => {
    const opener = target.closest(".cw-openers .cw-ask, .cw-sections button");
    if (opener && !root.dataset.hears) root.dataset.pressed = opener.dataset.ask ?? opener.textContent;
  });

  const offerTheme = (button) => {
    const show = () => {
      const label = button.dataset[theme];
      button.querySelector("span").textContent = label;
      button.setAttribute("aria-label", button.dataset.name + label);
      button.dataset.theme = theme;
    };
    show();
    button.hidden = false;
    button.addEventListener("click", () => {
      dress(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]);
      remember(THEME, theme);
      show();
    });
    // Another tab, or the page around this one, has chosen.
    addEventListener("storage", ({ key, newValue }) => {
      if (key !== THEME) return;
      dress(newValue);
      show();
    });
  };

  const offerSize = (button) => {
    const show = (large) => {
      root.classList.toggle("cw-large", large);
      button.setAttribute("aria-pressed", String(large));
    };
    show(root.classList.contains("cw-large"));
    button.hidden = false;
    button.addEventListener("click", () => {
      const large = !root.classList.contains("cw-large");
      remember(LARGE, large ? "1" : "0");
      show(large);
    });
  };

  // A machine without a network still reaches a server that runs on it, so the server is tried.
  const watchNetwork = (bar) => {
    let trying = 0;
    const reached = () => { bar.textContent = ""; };
    const missed = () => {
      bar.textContent = bar.dataset.says;
      clearTimeout(trying);
      trying = setTimeout(reach, AGAIN);
    };
    const reach = () => {
      const answer = new Image();
      answer.onload = reached;
      answer.onerror = missed;
      answer.src = `/ui/favicon.svg?at=${Date.now()}`;
    };
    addEventListener("offline", reach);
    addEventListener("online", () => { if (bar.textContent) reach(); });
    if (!navigator.onLine) reach();
  };

  document.addEventListener("DOMContentLoaded", () => {
    const offers = { "cw-theme": offerTheme, "cw-large": offerSize, "cw-offline": watchNetwork };
    for (const [id, offer] of Object.entries(offers)) {
      const element = document.getElementById(id);
      if (element) offer(element);
    }
  });
})();
