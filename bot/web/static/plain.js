// Messages as plain text: what is copied, and a conversation as it is given out, always with sources and label.

import { word } from "./words.js";

// What answers in a message: the prose where an extract stands beside it, else all of it.
export const answerOf = (message) => message.querySelector(".cw-side") ?? message;

// The parts of a message of the bot, or of one side of it.
const parts = (message) => {
  // Marks are superscript on the page and bracketed in text.
  const copy = message.cloneNode(true);
  for (const mark of copy.querySelectorAll(".cw-mark")) mark.textContent = `[${mark.textContent}]`;
  for (const end of copy.querySelectorAll(".cw-text br")) end.replaceWith("\n");
  for (const line of copy.querySelectorAll(".cw-text :is(li, tr)")) line.append("\n");
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

// Prose, and then the extract that stood beside it; or the one answer that there is.
const answersIn = (html) => {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  const sides = [...body.querySelectorAll(".cw-side")];
  return (sides.length ? sides : [body]).map(parts);
};

// A kept conversation question by question, each with its answers.
export const turnsOf = ({ messages }) => {
  const turns = [];
  for (const { role, content } of messages)
    if (role === "user") turns.push({ question: content, answers: [] });
    else if (content) turns.at(-1)?.answers.push(...answersIn(content));
  return turns;
};

// Characters that mean something in Markdown, taken literally.
const literal = (text) => text.replace(/[\\`*_{}[\]<>#|~]/g, "\\$&");

const answerLines = ({ text, label, sources }) => {
  const items = sources.map(({ quote, place, url }, n) => `${n + 1}. ${literal(quote)}  \n   ${literal(place)} <${url}>`);
  return [`**${word("answer")}**${label ? `（${label}）` : ""} ${literal(text).replaceAll("\n", "  \n")}`, items.join("\n")].filter(Boolean);
};

// A kept conversation as Markdown.
export const markdown = (entry) => {
  const head = [`# ${literal(entry.title)}`, `${word("exported")} · ${new Date(entry.time).toLocaleString(navigator.language)}`];
  const body = turnsOf(entry).flatMap(({ question, answers }) => [`## ${word("question")} ${literal(question)}`, ...answers.flatMap(answerLines)]);
  return `${[...head, ...body].join("\n\n")}\n`;
};
