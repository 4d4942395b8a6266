// Conversations, kept in this browser and nowhere else: one entry each, so that tabs never overwrite one another.

const ENTRY = "chengwen.conversation.";
const CURRENT = "chengwen.current";
const DRAFT = "chengwen.draft";
export const AT_MOST = 50;
const LAST_DAY = 8.64e15; // milliseconds: the last that a Date can be

// Storage may be shut off or full. `attempt` gives `otherwise` then.
const attempt = (work, otherwise) => { try { return work(); } catch { return otherwise; } };

const keys = () => attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(ENTRY)), []);
const parsed = (key) => attempt(() => JSON.parse(localStorage.getItem(key)), null);
const named = (one) => typeof one?.id === "string" && typeof one.title === "string";
const said = (message) => ["user", "assistant"].includes(message?.role) && typeof message.content === "string";
const sound = (entry) =>
  Array.isArray(entry?.messages) && entry.messages.every(said) &&
  (entry.scope === undefined || (Array.isArray(entry.scope) && entry.scope.every(named))) &&
  [entry.id, entry.title].every((text) => typeof text === "string") && Math.abs(entry.time) <= LAST_DAY;

// All conversations, the latest first.
export const all = () => keys().map(parsed).filter(sound).sort((a, b) => b.time - a.time);
export const remove = (id) => attempt(() => localStorage.removeItem(ENTRY + id));
export const removeAll = () => keys().forEach((key) => attempt(() => localStorage.removeItem(key)));
export const works = () => attempt(() => { localStorage.setItem("chengwen.try", ""); localStorage.removeItem("chengwen.try"); return true; }, false);

// The conversation of this tab. It outlives a reload, and ends with the tab.
const fresh = () => ({ id: Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join(""), time: 0, verdicts: {} });
let current = fresh();

const enter = (entry) => {
  current = { id: entry.id, time: entry.time, verdicts: entry.verdicts ?? {} };
  attempt(() => sessionStorage.setItem(CURRENT, current.id));
};
export const begin = () => enter(fresh());
export const resume = (entry) => enter(entry);
export const currentId = () => current.id;
export const isCurrent = (id) => current.id === id;
export const verdicts = () => current.verdicts;

// What this tab showed before it was loaded again, or null.
export const last = () => {
  const id = attempt(() => sessionStorage.getItem(CURRENT), null);
  const entry = id && parsed(ENTRY + id);
  return sound(entry) ? entry : null;
};

// A question that was not answered when the page went: it is there again when the page is.
export const keepDraft = (text) => attempt(() => (text ? sessionStorage.setItem(DRAFT, text) : sessionStorage.removeItem(DRAFT)));
export const draft = () => attempt(() => sessionStorage.getItem(DRAFT), null);

// Makes room by leaving out the oldest; false where nothing can be kept at all.
const store = (entry) => {
  for (let tries = 0; tries <= AT_MOST; tries += 1) {
    if (attempt(() => { localStorage.setItem(ENTRY + entry.id, JSON.stringify(entry)); return true; }, false)) return true;
    const oldest = all().filter(({ id }) => id !== entry.id).pop();
    if (!oldest) return false;
    remove(oldest.id);
  }
  return false;
};

// Keeps `messages` as the conversation of this tab, limited to the documents of `scope`, [{id, title}].
export const save = (messages, scope = []) => {
  const there = parsed(ENTRY + current.id);
  // Another tab went on with the same conversation: this one goes its own way.
  if (there && there.time !== current.time) enter({ ...fresh(), verdicts: current.verdicts });
  const time = Math.max(Date.now(), current.time + 1);
  const title = messages.find(({ role }) => role === "user")?.content ?? "";
  if (!store({ id: current.id, time, title, messages, scope, verdicts: current.verdicts })) return;
  enter({ ...current, time });
  all().slice(AT_MOST).forEach(({ id }) => remove(id));
};
