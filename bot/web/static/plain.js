// Messages as plain text: what is copied, and a conversation as Markdown, always with sources and label.

import { word } from "./words.js";

// What answers in a message: the prose where an extract stands beside it, else all of it.
export const answerOf = (message) => message.querySelector(".cw-side") ?? message;

// The parts of a message of the bot, or of one side of it.
const parts = (message) => {
  // Marks are superscript on the page and bracketed in text.
  const copy = message.cloneNode(true);
  for (const mark of copy.querySelectorAll(".cw-mark")) mark.textContent = `[${mark.textContent}]`;
  for (const end of copy.querySelectorAll(".cw-text br")) end.replaceWith("\n");
  const text = (within, selector) => within.querySelector(selector)?.textContent.trim() ?? "";
  return {
    text: text(copy, ".cw-text"),
    label: text(copy, ".cw-badge"),
    sources: [...copy.querySelectorAll(".cw-sources li")].map((item) => ({
      quote: text(item, "q"),
      place: text(item, "cite"),
      url: new URL(item.querySelector("a").getAttribute("href"), location.href).href,
    })),
  };
};

// An answer to be pasted elsewhere.
export const answerText = (message) => {
  const { text, label, sources } = parts(answerOf(message));
  const lines = sources.map(({ quote, place, url }, n) => `[${n + 1}] ${quote}\n    ${place}\n    ${url}`);
  return [text, ...lines, label ? `（${label}）` : ""].filter(Boolean).join("\n");
};

// Characters that mean something in Markdown, taken literally.
const literal = (text) => text.replace(/[\\`*_{}[\]<>#|~]/g, "\\$&");

const sideLines = (side) => {
  const { text, label, sources } = parts(side);
  const items = sources.map(({ quote, place, url }, n) => `${n + 1}. ${literal(quote)}  \n   ${literal(place)} <${url}>`);
  return [`**${word("answer")}**${label ? `（${label}）` : ""} ${literal(text).replaceAll("\n", "  \n")}`, items.join("\n")].filter(Boolean);
};

// Prose, and then the extract that stood beside it; or the one answer that there is.
const answerLines = (html) => {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  const sides = [...body.querySelectorAll(".cw-side")];
  return (sides.length ? sides : [body]).flatMap(sideLines);
};

// A kept conversation as Markdown.
export const markdown = ({ title, time, messages }) => {
  const head = [`# ${literal(title)}`, `${word("exported")} · ${new Date(time).toLocaleString(navigator.language)}`];
  const body = messages.flatMap(({ role, content }) =>
    role === "user" ? [`## ${word("question")} ${literal(content)}`] : content ? answerLines(content) : [],
  );
  return `${[...head, ...body].join("\n\n")}\n`;
};
