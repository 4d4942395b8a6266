// The panel: a conversation in a frame of another site, or in a window of its own.

import { followMarks } from "./citation.js";
import { send as judge, whyNot } from "./feedback.js";
import { giveOut } from "./export.js";
import { ask, headers } from "./panel-ask.js";
import { applyColour } from "./panel-colour.js";
import * as host from "./panel-host.js";
import * as kept from "./panel-kept.js";
import * as view from "./panel-message.js";
import { answerText } from "./plain.js";
import { announce, asked, word } from "./words.js";

const root = document.documentElement;
const [log, messages, welcome, openers, box, field, sending, stop] =
  ["log", "messages", "welcome", "openers", "box", "question", "send", "stop"].map((name) => document.getElementById(`cw-${name}`));
const handle = (id, work) => document.getElementById(id).addEventListener("click", work);
let turns = [];
let asking = null;

applyColour(root.dataset.color, root.dataset.theme);

// On a phone the keyboard comes with the focus: there the title has it until somebody wants to write.
const focus = () => (matchMedia("(pointer: coarse)").matches ? document.querySelector("h1") : field).focus({ preventScroll: true });

const show = (message) => {
  messages.append(message);
  welcome.hidden = true;
  return message;
};
const follow = (message) => { log.scrollTop += message.getBoundingClientRect().top - log.getBoundingClientRect().top - 12; };
const busy = (controller) => {
  asking = controller;
  sending.hidden = Boolean(controller);
  stop.hidden = !controller;
  messages.ariaBusy = String(Boolean(controller));
};

// What is sent along with a question: the last turns, as the server takes them.
const history = () => {
  const spoken = turns.flatMap(({ question, answer }) => [{ role: "user", content: question }, { role: "assistant", content: answer.text }]);
  return spoken.slice(-Number(root.dataset.turns));
};

// Draws at most once a frame however fast the words come.
const growing = (message) => {
  let html = "";
  let drawing = 0;
  const draw = () => { drawing = 0; view.draw(message, html); };
  return {
    draw: (drawn) => { html = drawn; drawing ||= requestAnimationFrame(draw); },
    stop: () => cancelAnimationFrame(drawing),
    last: () => html,
  };
};

const summary = ({ outcome, citations }) => word(`done_${outcome}`, { n: citations.length });

const answer = async (question, message) => {
  const controller = new AbortController();
  const drawn = growing(message);
  busy(controller);
  try {
    const told = await ask(question, history(), (event, data) => {
      if (event === "html") drawn.draw(data.html);
    }, controller.signal);
    drawn.stop();
    view.draw(message, drawn.last());
    turns.push({ question, answer: { ...told, hits: [] }, html: drawn.last() });
    kept.save(turns);
    announce(summary(told));
    host.tell("answered", { outcome: told.outcome, citations: told.citations.length });
  } catch (error) {
    drawn.stop();
    // A conversation that was put away in the meantime has no place for it.
    if (!message.isConnected) return;
    const stopped = error.name === "AbortError";
    view.fail(message, stopped ? word("stopped") : error.message, error.wait);
    announce(stopped ? word("stopped") : error.message);
    if (!stopped) host.tell("error", { code: error.code ?? "error" });
  } finally {
    if (asking === controller) busy(null);
  }
};

const submit = (question) => {
  if (!question || asking) return;
  host.tell("asked");
  const bubble = show(view.question(question));
  const message = show(view.pending());
  message.dataset.question = question;
  follow(bubble);
  answer(question, message);
};

const restore = (former) => {
  turns = former;
  for (const { question, html } of turns) {
    show(view.question(question));
    const message = show(view.pending());
    message.dataset.question = question;
    view.draw(message, html);
  }
  log.scrollTop = log.scrollHeight;
};

const begin = () => {
  asking?.abort();
  kept.forget();
  turns = [];
  messages.replaceChildren();
  welcome.hidden = false;
  document.getElementById("cw-resume").hidden = true;
  announce(word("started"));
  focus();
};

const fit = () => {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, 160)}px`;
};

const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https there is no clipboard but this.
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) { announce(word("not_copied"), { seen: true }); return; }
  }
  announce(word("copied"), { seen: true });
};

const verdict = async (button, message, kind) => {
  const pressed = button.ariaPressed === "true";
  const more = kind === "down" && !pressed ? await whyNot() : {};
  if (!more || !(await judge(message, message.dataset.question, pressed ? null : kind, more))) return;
  for (const other of message.querySelectorAll(".cw-useful, .cw-useless")) other.ariaPressed = "false";
  button.ariaPressed = String(!pressed);
  host.tell("feedback", { verdict: pressed ? null : kind });
};

const exported = (button, form) => {
  button.closest("details").open = false;
  const messages = turns.flatMap(({ question, html }) => [{ role: "user", content: question }, { role: "assistant", content: html }]);
  giveOut({ id: turns[0].answer.answer_id, title: turns[0].question, time: Date.now(), messages }, form);
};

const press = (button) => {
  const message = button.closest(".cw-message");
  if (button.matches(".cw-copy")) copy(answerText(message));
  else if (button.matches(".cw-useful")) verdict(button, message, "up");
  else if (button.matches(".cw-useless")) verdict(button, message, "down");
  else if (button.matches(".cw-to-markdown")) exported(button, "markdown");
  else if (button.matches(".cw-to-docx")) exported(button, "docx");
  else if (button.matches(".cw-ask:not(#cw-resume)")) submit(button.textContent);
  else if (button.matches(".cw-again") && !asking) {
    message.replaceWith(Object.assign(view.pending(), { id: "cw-retried" }));
    const again = document.getElementById("cw-retried");
    again.removeAttribute("id");
    again.dataset.question = message.dataset.question;
    field.focus();
    answer(message.dataset.question, again);
  }
};
log.addEventListener("click", ({ target }) => { if (target.closest("button")) press(target.closest("button")); });

// A press on a mark goes to the sentence in the page around, where it is there; else to our own dialog of sources.
let passing = false;
const lead = async (mark) => {
  const message = mark.closest(".cw-message");
  const { answer: told } = turns.find((turn) => `cw-${turn.answer.answer_id}` === message.id);
  const { doc_id: id, start, end, quote, n } = told.citations.find((one) => String(one.n) === mark.textContent);
  const passage = await asked(`/api/passages/${encodeURIComponent(id)}.${start}-${end}`).catch(() => null);
  const there = passage && (await host.shows({ quote, before: passage.before, after: passage.after, url: passage.url }));
  host.tell("source_click", { n, in_page: Boolean(there) });
  if (there) { announce(word("in_page"), { seen: true }); return; }
  passing = true;
  mark.click();
  passing = false;
};
document.addEventListener("click", (event) => {
  const mark = event.target.closest?.("a.cw-mark");
  if (!mark || passing || !host.embedded || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  lead(mark);
}, true);
followMarks();

box.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = field.value.trim();
  if (!question || asking) return;
  field.value = "";
  fit();
  submit(question);
});
// The Enter that ends a composition of pinyin sends nothing; Safari says so only by 229.
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  box.requestSubmit();
});
field.addEventListener("input", fit);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing && !document.querySelector("dialog[open]")) host.tell("close");
});
stop.addEventListener("click", () => { asking?.abort(); field.focus(); });
handle("cw-new", begin);
handle("cw-close", () => host.tell("close"));
const large = document.getElementById("cw-large");
const size = (chosen) => { root.classList.toggle("cw-large", chosen); large.ariaPressed = String(chosen); };
handle("cw-large", () => { size(!root.classList.contains("cw-large")); kept.keepSize(root.classList.contains("cw-large")); });
handle("cw-resume", () => { restore(kept.ofBefore()); field.focus(); });

host.on("open", ({ question }) => {
  if (question && typeof question === "string") { field.value = question.slice(0, 500); fit(); }
  focus();
});
host.on("reset", begin);

document.getElementById("cw-close").hidden = !host.embedded;
size(kept.isLarge(root.classList.contains("cw-large")));
restore(kept.ofTab());
sending.disabled = false;
document.getElementById("cw-resume").hidden = !kept.ofBefore().length;
host.tell("ready");
if (!host.embedded) focus();
asked(`/embed/suggestions?lang=${document.documentElement.lang}`, { headers: headers() }).then(({ suggestions }) => {
  openers.append(...view.suggestions(suggestions.slice(0, 4)));
  document.getElementById("cw-example").hidden = !suggestions.length;
}, () => { /* it may be asked without them */ });
