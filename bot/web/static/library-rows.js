// What the operator may do with a document of the list: put its fields right, and remove it.

import { areMeant, button, fields, offerUndo, reloading, settled, typed } from "./library-fields.js";
import { post } from "./library-asking.js";
import { announce, make, word } from "./words.js";

const row = (place) => {
  const path = `documents/${encodeURIComponent(place.dataset.document)}`;
  let values = JSON.parse(place.dataset.fields);

  const buttons = (said = null) => {
    const { title } = values;
    const edit = button(word("edit"), form, { ariaLabel: word("edit_this", { title }) });
    const remove = button(word("remove"), removeIt, { ariaLabel: word("remove_this", { title }) });
    const line = make("div", { className: "cw-buttons" }, edit, remove, said ? reloading() : null);
    place.replaceChildren(...(said ? [make("p", {}, said)] : []), line);
    return edit;
  };

  const form = () => {
    const said = make("p", { className: "cw-hint" }, word("empty_hint"));
    const save = make("button", { type: "submit", className: "cw-first" }, word("save"));
    const cancel = button(word("cancel"), () => buttons().focus());
    const element = make("form", {}, fields(values), said, make("div", { className: "cw-buttons" }, save, cancel));
    element.onsubmit = async (event) => {
      event.preventDefault();
      if (!areMeant(element)) return;
      save.disabled = true;
      said.textContent = word("saving");
      try {
        const { fields: now, answers } = await post(path, typed(element));
        values = now;
        const words = `${word("saved")}${settled(answers, word("in_answers"))}`;
        buttons(words).focus();
        announce(words);
      } catch (error) {
        save.disabled = false;
        said.textContent = word("failed", { why: error.message });
        announce(said.textContent);
      }
    };
    place.replaceChildren(element);
    element.querySelector("input").focus();
  };

  const removeIt = async () => {
    const { title } = values;
    place.replaceChildren(make("p", {}, word("removing")));
    try {
      const { removal, answers } = await post(`${path}/remove`);
      offerUndo(place, removal, title).focus();
      announce(settled(answers, word("removed", { title, n: removal.seconds })));
    } catch (error) {
      const words = word("failed", { why: error.message });
      buttons(words).focus();
      announce(words);
    }
  };

  buttons();
};

export const rows = () => document.querySelectorAll("[data-document]").forEach(row);
