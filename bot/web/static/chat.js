// The chat page: what its buttons do, and what happens when an answer is done.

import { showBeside } from "./beside.js";
import { followMarks } from "./citation.js";
import { giveOut } from "./export.js";
import { send, whyNot } from "./feedback.js";
import { offerOpeners, showTalk } from "./first.js";
import * as gradio from "./gradio.js";
import { offerHistory } from "./history.js";
import * as kept from "./kept.js";
import { answerOf, answerText } from "./plain.js";
import * as returning from "./returning.js";
import { choose, offerScope, scope, wanted } from "./scope.js";
import { announce, make, word } from "./words.js";

const editing = document.getElementById("cw-editing");

// An answer grows below its question, which stays in sight unless somebody scrolls.
let newest = "";
let following = true;
const follow = () => {
  const messages = gradio.bubbles();
  const now = `${messages.length} ${messages.at(-1)?.querySelector(".cw-message")?.id}`;
  if (now !== newest) following = true;
  if (following && (now !== newest || asking)) gradio.showLast();
  newest = now;
};
for (const type of ["wheel", "touchmove"]) document.addEventListener(type, () => { following = false; }, { passive: true });

let begun = false;

// An answer is done when the last message is no longer waiting and the box can send again.
let asking = false;
let shown = "";
const changed = () => {
  if (isReady()) awaited = 0;
  showTalk(awaited > 0 || gradio.bubbles().length > 0, document.getElementById("cw-box"));
  showVerdicts();
  follow();
  if (gradio.isAsking()) {
    if (!asking && gradio.box()) stopEditing();
    asking = true;
    return;
  }
  const messages = [...document.querySelectorAll("#cw-chat .cw-message")];
  const last = messages.at(-1);
  if (!asking || !last || last.classList.contains("cw-waiting")) return;
  asking = false;
  const talk = gradio.conversation();
  const now = JSON.stringify(talk);
  if (now === shown) return;
  shown = now;
  kept.save(talk, scope());
  announce(summary(last));
  if (document.activeElement === document.body) gradio.box().focus({ preventScroll: true });
};

const summary = (message) => {
  for (const outcome of ["answered", "absent", "about"])
    if (message.classList.contains(`cw-${outcome}`)) return word(`done_${outcome}`, { n: answerOf(message).querySelectorAll(".cw-sources li").length });
  return message.innerText;
};

// A thumb is pressed as long as it stands.
const showVerdicts = () => {
  for (const [name, verdict] of [["useful", "up"], ["useless", "down"]])
    for (const button of document.querySelectorAll(`#cw-chat .cw-action.cw-${name}`)) {
      const pressed = String(kept.verdicts()[button.closest(".cw-message").id] === verdict);
      if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
    }
};

const place = (element) => gradio.bubbles().findIndex((bubble) => bubble.contains(element));
const questionBefore = (n) => gradio.conversation().slice(0, n).findLastIndex(({ role }) => role === "user");

const copy = async (message) => {
  const text = answerText(message);
  const copied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
  announce(word(copied || copyByCommand(text) ? "copied" : "not_copied"), { seen: true });
};

// On plain http there is no clipboard but this.
const copyByCommand = (text) => {
  const field = make("textarea", { value: text });
  document.body.append(field);
  const before = document.activeElement;
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus();
  return done;
};

const judge = async (message, verdict) => {
  const question = gradio.conversation()[questionBefore(place(message))]?.content ?? "";
  const withdrawn = kept.verdicts()[message.id] === verdict;
  const why = verdict === "down" && !withdrawn ? await whyNot() : {};
  if (!why || !(await send(message, question, withdrawn ? null : verdict, why))) return;
  kept.verdicts()[message.id] = withdrawn ? null : verdict;
  kept.save(gradio.conversation(), scope());
  showVerdicts();
};

const retry = (message) => {
  const n = questionBefore(place(message));
  gradio.ask(gradio.conversation()[n].content, n);
};

const edit = (bubble) => {
  const n = place(bubble);
  gradio.keep(n);
  gradio.fill(gradio.conversation()[n].content);
  const cancel = make("button", { type: "button", onclick: () => { stopEditing(); gradio.keep(""); gradio.fill(""); } }, word("cancel"));
  editing.replaceChildren(word("editing"), cancel);
  editing.hidden = false;
};
const stopEditing = () => { editing.hidden = true; };

const exported = (button, form) => {
  button.closest("details").open = false;
  const messages = gradio.conversation();
  giveOut({ id: kept.currentId(), title: messages.find(({ role }) => role === "user")?.content ?? "", time: Date.now(), messages }, form);
};

const ACTIONS = {
  "cw-copy": (button) => copy(button.closest(".cw-message")),
  "cw-retry": (button) => retry(button.closest(".cw-message")),
  "cw-useful": (button) => judge(button.closest(".cw-message"), "up"),
  "cw-useless": (button) => judge(button.closest(".cw-message"), "down"),
  "cw-to-markdown": (button) => exported(button, "markdown"),
  "cw-to-docx": (button) => exported(button, "docx"),
  "cw-edit": (button) => edit(button),
  "cw-ask": (button) => gradio.ask(button.innerText),
};
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#cw-chat button");
  const name = button && Object.keys(ACTIONS).find((action) => button.classList.contains(action));
  if (name && !gradio.isAsking()) ACTIONS[name](button);
});

// A question sent before a kept conversation is drawn would be kept in its place.
const PATIENCE = 3000;
let drawnBy = 0;
let awaited = 0;
const isReady = () => begun && (gradio.bubbles().length >= awaited || Date.now() > drawnBy);

// Shows a kept conversation, or an empty one.
const open = (entry) => {
  awaited = entry?.messages.length ?? 0;
  drawnBy = Date.now() + PATIENCE;
  if (entry) kept.resume(entry);
  else kept.begin();
  choose(entry?.scope);
  gradio.keep("");
  stopEditing();
  shown = JSON.stringify(entry?.messages ?? []);
  gradio.open(entry?.messages ?? []);
  announce(entry ? word("opened", { title: entry.title }) : word("started"));
  gradio.box().focus();
};
document.getElementById("cw-new").addEventListener("click", () => { if (!gradio.isAsking()) open(null); });
offerScope();
// What is pressed before Gradio has drawn its box is asked as soon as it has.
let pressed = document.documentElement.dataset.pressed ?? "";
document.documentElement.dataset.hears = "yes";
offerOpeners((question) => {
  if (begun) gradio.ask(question);
  else pressed = question;
});
offerHistory(open);
returning.tellPages();
followMarks();
showBeside();
gradio.guardEnter(isReady);

// "/" goes to the box, as on many sites; not while something is being written.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest?.("input, textarea, dialog[open]")) return;
  event.preventDefault();
  gradio.box()?.focus();
});

// Gradio has drawn its page: go on where this tab was, and take up a question from the address, unsent. An address that
// names other documents than the conversation was about begins another one.
const begin = () => {
  const before = returning.conversation() ?? kept.last();
  const named = wanted();
  const ids = (documents) => (documents ?? []).map(({ id }) => id).join("\n");
  if (before && (!named.length || ids(named) === ids(before.scope))) open(before);
  else {
    if (before) kept.begin();
    choose(named);
  }
  const wish = new URL(location.href).searchParams.get("ask") ?? kept.draft();
  if (pressed) gradio.ask(pressed);
  else if (wish) gradio.fill(wish.slice(0, 500));
};
window.addEventListener("pagehide", () => {
  const unanswered = gradio.isAsking() ? gradio.conversation().findLast(({ role }) => role === "user")?.content : "";
  kept.keepDraft(gradio.box()?.value || unanswered);
});

// Gradio loads the page again when the server is back.
const troubled = (what) => announce(word(what), { seen: true, stays: what === "lost" });
gradio.watch(() => {
  if (!begun && gradio.box() && document.querySelector("#cw-saved textarea") && !gradio.isAsking()) {
    begun = true;
    begin();
  }
  if (begun) changed();
  if (begun) returning.show();
}, troubled);
