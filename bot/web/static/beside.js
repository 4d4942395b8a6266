// What an answer was quoted from, shown beside it where the window is wide enough for both.

import { box } from "./gradio.js";
import { make, word } from "./words.js";

const wide = matchMedia("(min-width: 1100px)");
let panel = null;
let opener = null;

// Our page of an article, or a PDF at a page. Other originals are saved, or plain text for a tab of its own.
const canShow = ({ origin, pathname, hash }) =>
  origin === location.origin && (pathname.startsWith("/read/") || (pathname.startsWith("/file/") && hash.startsWith("#page=")));

const isOpen = () => Boolean(panel) && !panel.hidden;

const leave = () => {
  panel.querySelector("iframe").remove();
  panel.hidden = true;
  document.body.classList.remove("cw-split");
};

const close = () => {
  leave();
  (opener.isConnected ? opener : box())?.focus({ preventScroll: true });
};

const closeByKey = (event) => {
  if (event.key === "Escape" && !event.isComposing && isOpen() && !document.querySelector("dialog[open]")) close();
};

const built = () => {
  const heading = make("h2", { id: "cw-beside-title" });
  const apart = make("a", { target: "_blank", rel: "noopener" }, word("apart"));
  const shut = make("button", { type: "button", className: "cw-close", title: word("close_beside"), onclick: close }, "×");
  shut.setAttribute("aria-label", word("close_beside"));
  const built = make("aside", { id: "cw-beside", tabIndex: -1, hidden: true }, make("header", {}, heading, apart, shut));
  built.setAttribute("aria-labelledby", heading.id);
  document.body.append(built);
  return built;
};

// A frame of its own each time: the viewer of a PDF looks at the page in its address only as it opens.
const framed = (address, title) => {
  const frame = make("iframe", { src: address, title });
  // Keys pressed in our own page are heard there; a viewer keeps its keys to itself.
  frame.addEventListener("load", () => {
    try {
      frame.contentWindow.addEventListener("keydown", closeByKey);
    } catch { /* not our own page */ }
  });
  return frame;
};

const open = (link) => {
  const dialog = link.closest("dialog");
  const name = (dialog?.querySelector("h2") ?? link.closest("li").querySelector("cite")).textContent;
  // The source gives its place, and the focus back to the mark that opened it.
  dialog?.close();
  opener = dialog ? document.activeElement : link;
  panel ??= built();
  panel.querySelector("h2").textContent = name;
  panel.querySelector("a").href = link.href;
  panel.querySelector("iframe")?.remove();
  panel.append(framed(link.href, name));
  panel.hidden = false;
  document.body.classList.add("cw-split");
  opener.scrollIntoView({ block: "nearest" });
  panel.focus();
};

export const showBeside = () => {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#cw-chat :is(.cw-sources, .cw-related) li a, #cw-source .cw-links a");
    // Other clicks, and those in a narrow window, open a tab as any link does.
    if (!link || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey || !canShow(link)) return;
    event.preventDefault();
    open(link);
  });
  document.addEventListener("keydown", closeByKey);
  // The source of a mark comes in the same place.
  document.addEventListener("cw-beside", () => { if (isOpen()) leave(); });
  wide.addEventListener("change", () => { if (isOpen()) close(); });
};
