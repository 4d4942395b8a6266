// The page around the frame: spoken to only where the server has named its origin, and heard only from there.

const ORIGIN = document.documentElement.dataset.origin;
const ANSWER_WITHIN = 1000;
const heard = {};
const asked = new Map();

export const embedded = Boolean(ORIGIN) && window.parent !== window;

// Tells the script of the host something. Of a conversation it is told nothing but the words to be marked.
export const tell = (type, payload = {}) => {
  if (embedded) window.parent.postMessage({ ns: "chengwen", v: 1, type, payload }, ORIGIN);
};

export const on = (type, handler) => { heard[type] = handler; };

// Whether the host shows the words `wish`, {quote, before, after, url}, in its own page, marked.
export const shows = (wish) =>
  new Promise((done) => {
    if (!embedded) { done(false); return; }
    const id = asked.size + 1;
    asked.set(id, done);
    setTimeout(done, ANSWER_WITHIN, false);
    tell("highlight", { ...wish, id });
  });

window.addEventListener("message", ({ source, origin, data }) => {
  if (!embedded || source !== window.parent || origin !== ORIGIN || data?.ns !== "chengwen" || data.v !== 1) return;
  if (data.type === "found") asked.get(data.payload?.id)?.(data.payload.found === true);
  else heard[data.type]?.(data.payload ?? {});
});
