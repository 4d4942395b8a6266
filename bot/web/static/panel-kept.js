// The conversation of this tab, and the last one of all tabs: in this browser only, and only where it allows that.

const KEY = `chengwen.panel.${document.documentElement.dataset.site}`;
const AT_MOST = 20;
const LAST = 7 * 24 * 3600 * 1000; // milliseconds for which the last conversation is offered
const OUTCOMES = ["answered", "absent", "about"];

const attempt = (work, otherwise) => { try { return work(); } catch { return otherwise; } };
const sound = (turn) =>
  [turn?.question, turn?.html, turn?.answer?.text].every((text) => typeof text === "string") && OUTCOMES.includes(turn.answer.outcome) &&
  [turn.answer.citations, turn.answer.hits, turn.answer.suggestions, turn.answer.notices].every(Array.isArray);
const read = (storage) => {
  const kept = attempt(() => JSON.parse(storage().getItem(KEY)), null);
  const turns = Array.isArray(kept?.turns) ? kept.turns.filter(sound) : [];
  return Date.now() - kept?.time < LAST ? turns : [];
};

// Neither may exist: to name one can throw.
const here = () => sessionStorage;
const everywhere = () => localStorage;

export const ofTab = () => read(here);
export const ofBefore = () => read(everywhere);

export const save = (turns) => {
  const kept = JSON.stringify({ time: Date.now(), turns: turns.slice(-AT_MOST) });
  for (const storage of [here, everywhere]) attempt(() => storage().setItem(KEY, kept));
};

export const forget = () => { for (const storage of [here, everywhere]) attempt(() => storage().removeItem(KEY)); };

// The size of letters, as the chat page keeps it; until one has chosen, the host's.
const SIZE = "chengwen.large";
export const isLarge = (wish) => attempt(() => ({ 1: true, 0: false })[localStorage.getItem(SIZE)] ?? wish, wish);
export const keepSize = (large) => { attempt(() => localStorage.setItem(SIZE, large ? "1" : "0")); };
