// What people think of an answer: one tap, and for a bad one the reason.

import { passageOf } from "./citation.js";
import { answerOf } from "./plain.js";
import { announce, asked, closeOutside, make, word } from "./words.js";

const REASONS = ["wrong_citation", "off_topic", "wrong", "incomplete", "outdated", "other"];
const CITATIONS = 10; // as many as the server takes
let dialog = null;

// The judgement of `message`, an answer to `question`, as the server takes it.
const judged = (message, question, verdict) => ({
  answer_id: message.id.slice(3),
  verdict,
  question,
  outcome: ["answered", "absent", "about"].find((outcome) => message.classList.contains(`cw-${outcome}`)),
  text: message.querySelector(".cw-text").innerText.slice(0, 2000),
  citations: [...answerOf(message).querySelectorAll(".cw-sources a:not(.cw-original)")].slice(0, CITATIONS).map((link) => decodeURIComponent(passageOf(link))),
});

export const send = async (message, question, verdict, more = {}) => {
  try {
    await asked("/api/feedback", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...judged(message, question, verdict), ...more }),
    });
  } catch (error) {
    announce(word("not_sent", { why: error.message }), { seen: true });
    return false;
  }
  announce(word(verdict ? "thanks" : "withdrawn"), { seen: true });
  return true;
};

const built = () => {
  const reason = (name, n) =>
    make("label", {}, make("input", { type: "radio", name: "reason", value: name, required: n === 0 }), word(name));
  const note = make("textarea", { name: "note", maxLength: 500, rows: 3 });
  const heading = make("h2", { id: "cw-why-title" }, word("why"));
  const cancel = make("button", { type: "button", onclick: () => dialog.close() }, word("cancel"));
  const submit = make("button", { type: "submit", className: "cw-primary" }, word("submit"));
  const form = make(
    "form",
    { method: "dialog" },
    make("fieldset", {}, make("legend", { className: "cw-unseen" }, word("why")), ...REASONS.map(reason)),
    make("label", {}, word("note"), note),
    make("p", { className: "cw-fine" }, word("note_kept")),
    make("footer", {}, cancel, submit),
  );
  const built = make("dialog", { id: "cw-why" }, heading, form);
  built.setAttribute("aria-labelledby", heading.id);
  // A note is not thrown away by a slip of the finger.
  closeOutside(built, () => !note.value.trim());
  document.body.append(built);
  return built;
};

// The reason a person gives, {reason, note}, or null where they think better of it.
export const whyNot = () =>
  new Promise((done) => {
    dialog ??= built();
    const form = dialog.querySelector("form");
    form.reset();
    let given = null;
    form.onsubmit = () => {
      const fields = new FormData(form);
      given = { reason: fields.get("reason"), note: fields.get("note").trim() };
    };
    dialog.onclose = () => done(given);
    dialog.showModal();
  });
