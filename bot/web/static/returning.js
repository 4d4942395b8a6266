// From an answer to the page of an article that it cites, and back to the answer.

import * as kept from "./kept.js";

const ANSWER = /^cw-([0-9a-f]{32})$/;
let wanted = "";

// A link in an answer tells the page it leads to which answer that is, however it is opened.
const tell = (event) => {
  const link = event.target.closest?.("#cw-chat .cw-message a");
  const answer = ANSWER.exec(link?.closest(".cw-message").id ?? "");
  if (!answer || !link.pathname.startsWith("/read/")) return;
  const { pathname, searchParams, hash } = new URL(link.href);
  searchParams.set("from", answer[1]);
  link.setAttribute("href", `${pathname}?${searchParams}${hash}`);
};
export const tellPages = () => {
  for (const type of ["click", "auxclick", "contextmenu"]) document.addEventListener(type, tell, true);
};

// The kept conversation with the answer that the address names, or undefined; the address names it once.
export const conversation = () => {
  const here = new URL(location.href);
  const answer = here.searchParams.get("answer");
  if (!answer) return undefined;
  here.searchParams.delete("answer");
  history.replaceState(history.state, "", here);
  const id = `cw-${answer}`;
  if (!ANSWER.test(id)) return undefined;
  wanted = id;
  return kept.all().find(({ messages }) => messages.some(({ content }) => content.includes(`id="${id}"`)));
};

// Brings that answer into sight, once it is drawn.
export const show = () => {
  const message = wanted && document.getElementById(wanted);
  if (!message) return;
  wanted = "";
  message.closest(".message-row")?.previousElementSibling?.scrollIntoView({ block: "start" });
};
