// Asks the server, and hears what it says while it answers.

import { word } from "./words.js";

const { site } = document.documentElement.dataset;

// The header by which the server knows the site; none for our own pages.
export const headers = () => ({ "Accept-Language": document.documentElement.lang, ...(site ? { "X-Chengwen-Site": site } : {}) });

// What went wrong, for people; `wait`: seconds after which it is worth trying again.
export class Trouble extends Error {
  constructor({ code = "error", message, retry_after: wait = 0 }) {
    super(message);
    this.code = code;
    this.wait = wait;
  }
}

// {event, data} of a stream, as they come.
const events = async function* (body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: ?(.*)/s, 2)));
      if (fields.data) yield { event: fields.event, data: JSON.parse(fields.data) };
    }
  }
};

const opened = async (body, signal) => {
  const sent = { ...headers(), "Content-Type": "application/json", Accept: "text/event-stream, text/html" };
  let response;
  try {
    response = await fetch("/api/ask", { method: "POST", headers: sent, body: JSON.stringify(body), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble({ code: "offline", message: word("offline") });
  }
  if (response.ok) return response.body;
  const told = await response.json().catch(() => ({}));
  throw new Trouble({ message: word("failed"), ...told.error });
};

// The answer to a question. `heard` gets each event before it. Throws Trouble, and AbortError when `signal` says so.
export const ask = async (question, history, heard, signal) => {
  const body = await opened({ question, history }, signal);
  try {
    for await (const { event, data } of events(body)) {
      if (event === "done") return data;
      if (event === "error") throw new Trouble(data.error);
      heard(event, data);
    }
  } catch (error) {
    if (error.name === "AbortError" || error instanceof Trouble) throw error;
  }
  throw new Trouble({ code: "cut_off", message: word("cut_off") });
};
