// Questions and answers as elements. The answers are drawn by the server, as those of the chat page.

import { own } from "./own-html.js";
import { languageOf, make, word } from "./words.js";

export const question = (text) =>
  make("div", { className: "cw-asked" }, make("p", { lang: languageOf(text) }, make("span", { className: "cw-unseen" }, word("you")), text));

export const suggestions = (texts) => texts.map((text) => make("button", { type: "button", className: "cw-ask", lang: languageOf(text) }, text));

// An answer that is being made.
export const pending = () => make("div", { className: "cw-message cw-waiting" }, make("p", { className: "cw-step" }, word("waiting")));

// Turns a message into the one that the server has drawn.
export const draw = (message, html) => {
  const [drawn] = own(html);
  if (drawn?.nodeType !== Node.ELEMENT_NODE) return;
  for (const name of ["id", "className", "lang"]) message[name] = drawn[name];
  message.replaceChildren(make("span", { className: "cw-unseen" }, word("bot")), ...drawn.childNodes);
  for (const link of message.querySelectorAll("a")) Object.assign(link, { target: "_blank", rel: "noopener" });
  for (const mark of message.querySelectorAll("a.cw-mark")) mark.setAttribute("aria-label", word("mark", { n: mark.textContent }));
  for (const thumb of message.querySelectorAll(".cw-useful, .cw-useless")) thumb.setAttribute("aria-pressed", "false");
};

// Says in a message why there is no more of it; gives the button to try again, shut for `wait` seconds.
export const fail = (message, why, wait = 0) => {
  const again = make("button", { type: "button", className: "cw-action cw-again" });
  const show = (left) => {
    again.disabled = left > 0;
    again.textContent = left > 0 ? word("again_in", { n: left }) : word("again");
    if (left > 0) setTimeout(show, 1000, left - 1);
  };
  show(wait);
  message.className = "cw-message cw-failed";
  message.querySelector(".cw-step")?.remove();
  message.append(make("p", { className: "cw-notice" }, why), make("div", { className: "cw-actions" }, again));
};
