// The widget in a page of another site: a button, and a window for questions that is fetched when it is first opened.
(function () {
  "use strict";
  const script = document.currentScript;
  if (!script || !script.src) return;
  const BASE = new URL(script.src).origin;
  const data = Object.assign({}, script.dataset);
  const site = data.site || "";
  const key = BASE + " " + site;

  // One Chengwen(command, …) for every widget of the page; what finds no widget yet waits in q.
  let api = window.Chengwen;
  if (!api || !api.widgets) {
    const waiting = (api && api.q) || [];
    api = window.Chengwen = function () {
      const call = Array.from(arguments);
      const wish = call.find((value) => value && typeof value === "object");
      const all = Array.from(api.widgets.values());
      const widget = all.find((one) => one && (!wish || !wish.site || wish.site === one.site));
      if (!widget) api.q.push(call);
      else if (Object.keys(widget.commands).includes(call[0])) widget.commands[call[0]].apply(null, call.slice(1));
      else console.warn("Chengwen: no command " + call[0]);
    };
    api.q = waiting;
    api.widgets = new Map();
  }
  if (api.widgets.has(key)) return;
  api.widgets.set(key, null);

  const wished = data.lang || document.documentElement.lang;
  const english = /^en/i.test(wished);
  const tag = english ? "en" : /^zh-(hant|tw|hk|mo)/i.test(wished) ? "zh-TW" : "zh-CN";
  const say = (zh, en) => (english ? en : zh);
  const title = (data.title || "").slice(0, 60) || say("提问", "Ask");
  const color = /^#[0-9a-f]{6}$/i.test(data.color) ? data.color : "#9f2d20";
  const side = data.position === "bottom-left" ? "left" : "right";
  const pixels = (value, otherwise) => Math.max(0, Math.min(2000, parseInt(value, 10) || (value === "0" ? 0 : otherwise)));
  const x = pixels(data.offsetX, 20);
  const y = pixels(data.offsetY, 20);
  const layer = parseInt(data.zIndex, 10) || 2147483000;
  const scheme = ["light", "dark"].includes(data.theme) ? data.theme : "light dark";

  // WCAG relative luminance; above .179 black is the ink that is told apart better, and by 4.5 at least.
  const channel = (at) => { const c = parseInt(color.slice(at, at + 2), 16) / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const ink = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5) > 0.179 ? "#000" : "#fff";

  const CSS_TEXT = `:host{all:initial!important;position:fixed!important;z-index:${layer}!important;${side}:0!important;bottom:0!important;color-scheme:${scheme}!important}
*{box-sizing:border-box}
.launcher,.cover{font:600 15px/1.5 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",system-ui,sans-serif}
[hidden]{display:none!important}
.launcher{position:fixed;${side}:calc(${x}px + env(safe-area-inset-${side},0px));bottom:calc(${y}px + env(safe-area-inset-bottom,0px));display:flex;align-items:center;gap:8px;min-width:52px;height:52px;max-width:calc(100vw - ${2 * x}px);padding:0 18px 0 15px;border:0;border-radius:26px;background:${color};color:${ink};font-weight:600;cursor:pointer;box-shadow:0 0 0 1.5px #fff,0 4px 16px #0005}
.launcher span{overflow:hidden;white-space:nowrap;text-overflow:ellipsis}
svg{width:22px;height:22px;flex:none;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linejoin:round}
:focus-visible{outline:3px solid ${color};outline-offset:3px}
.panel{position:fixed;${side}:${x}px;bottom:${y + 64}px;width:min(400px,calc(100vw - ${2 * x}px));height:min(640px,100vh - ${y + 80}px);overflow:hidden;border-radius:16px;background:Canvas;color:CanvasText;box-shadow:0 0 0 1px #8886,0 12px 40px #0004}
.low{height:min(340px,46vh)}
iframe{display:block;width:100%;height:100%;border:0;color-scheme:${scheme}}
.cover{position:absolute;inset:0;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:12px;padding:24px;text-align:center;background:Canvas}
.cover a{color:LinkText}
.cover button{min-height:44px;padding:0 16px;font:inherit}
@media (max-width:639.98px){.panel{inset:0;width:auto;height:100vh;height:100dvh;border-radius:0}.launcher{padding:0 15px}}
@media (forced-colors:active){.launcher{border:2px solid}.panel{border:1px solid}}`;

  const make = (name, properties, children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append.apply(element, children || []);
    return element;
  };
  const attributes = (element, values) => {
    Object.keys(values).forEach((name) => element.setAttribute(name, values[name]));
    return element;
  };
  const host = document.createElement("chengwen-chat");
  const marks = chengwenMarks(host, "chengwen-" + api.widgets.size);
  const root = host.attachShadow({ mode: "open" });
  const narrow = () => window.innerWidth < 640;
  const handlers = {};
  let [frame, opener, unlock, unmark] = [null, null, null, null];
  let [ready, timer, outbox] = [false, 0, []];

  // A handler that fails is the host's own business, and no reason to stop.
  const emit = (event, payload) => (handlers[event] || []).forEach((handler) => setTimeout(handler, 0, payload));
  const send = (type, payload) => {
    if (!ready) outbox.push([type, payload]);
    else frame.contentWindow.postMessage({ ns: "chengwen", v: 1, type, payload }, BASE);
  };
  const address = (more) => {
    const query = new URLSearchParams(more);
    const passed = { lang: tag, theme: data.theme, color: data.color, title: data.title, site, "text-size": data.textSize };
    Object.keys(passed).forEach((name) => passed[name] && query.set(name, passed[name]));
    return `${BASE}/embed?${query}`;
  };

  const draw = (name, values) => attributes(document.createElementNS("http://www.w3.org/2000/svg", name), values);
  const icon = draw("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
  icon.append(draw("path", { d: "M4 4h16v12h-9l-5 4v-4H4zM8 8.5h8M8 12h5" }));
  const launcher = attributes(make("button", { type: "button", className: "launcher", hidden: data.launcher === "none" }, [icon, make("span", { textContent: title })]), {
    "aria-haspopup": "dialog", "aria-expanded": "false", "aria-controls": "panel",
  });
  const told = attributes(make("p", {}), { role: "status" });
  const cover = make("div", { className: "cover" }, [
    told,
    make("a", { href: address({ mode: "full" }), target: "_blank", rel: "noopener", textContent: say("在新窗口使用", "Open in a new window"), hidden: true }),
    make("button", { type: "button", textContent: say("关闭", "Close"), onclick: () => close() }),
  ]);
  const panel = attributes(make("div", { className: "panel", id: "panel", hidden: true }, [cover]), { role: "dialog", "aria-modal": "false", "aria-label": title });

  const build = () => {
    if (frame) return;
    frame = make("iframe", { title, allow: "clipboard-write", referrerPolicy: "strict-origin" });
    // A frame of one's own origin could take its sandbox away: there it would only pretend.
    if (BASE !== location.origin) frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox");
    frame.src = address({ origin: location.origin });
    panel.append(frame);
    cover.hidden = false;
    cover.children[1].hidden = true;
    told.textContent = say("正在打开……", "Opening…");
    timer = setTimeout(() => {
      told.textContent = say("暂时无法打开。", "This cannot be opened here at the moment.");
      cover.children[1].hidden = false;
      emit("error", { code: "unavailable" });
    }, 8000);
  };
  const drop = () => {
    clearTimeout(timer);
    if (frame) frame.remove();
    [frame, ready] = [null, false];
  };
  // The page behind a full screen does not scroll; then it is as it was, to the attribute.
  const lock = () => {
    const element = document.documentElement;
    const before = element.getAttribute("style");
    element.style.setProperty("overflow", "hidden", "important");
    unlock = () => {
      element.setAttribute("style", before || "");
      if (before === null) element.removeAttribute("style");
    };
  };
  // On a phone the keyboard takes a part of the screen away.
  const fit = () => {
    const view = window.visualViewport;
    const part = narrow() && !panel.hidden && view.height < window.innerHeight - 80;
    panel.style.height = part ? `${view.height}px` : "";
    panel.style.top = part ? `${view.offsetTop}px` : "";
  };
  const open = (wish) => {
    const question = wish && wish.question ? String(wish.question).slice(0, 500) : "";
    if (panel.hidden) {
      opener = document.activeElement;
      panel.hidden = false;
      launcher.setAttribute("aria-expanded", "true");
      clear();
      if (narrow()) lock();
      // What did not come the last time is asked for again.
      if (frame && !ready) drop();
      build();
      emit("opened");
    }
    if (ready) frame.focus();
    send("open", { question });
  };
  const hide = () => {
    if (panel.hidden) return;
    const inside = document.activeElement === host;
    panel.hidden = true;
    launcher.setAttribute("aria-expanded", "false");
    outbox = outbox.filter((waiting) => waiting[0] !== "open");
    if (unlock) unlock();
    unlock = null;
    const other = opener && opener.isConnected && opener !== host && opener !== document.body;
    if (inside) (other ? opener : launcher).focus();
    emit("closed");
  };
  const close = () => { clear(); hide(); };
  const clear = () => {
    if (unmark) unmark();
    unmark = null;
    panel.classList.remove("low");
  };

  const plain = (url) => { try { const parsed = new URL(url); parsed.hash = ""; return parsed.href; } catch (error) { return ""; } };
  const isHere = (url) => {
    const canonical = document.querySelector("link[rel=canonical]");
    return plain(url) !== "" && [location.href, canonical && canonical.href].map(plain).includes(plain(url));
  };
  const places = (url) => {
    if (!data.highlight) return isHere(url) ? [document.body] : [];
    try { return Array.from(document.querySelectorAll(data.highlight)); } catch (error) { return []; }
  };
  // Whether the words cited stand in the host page; then they are in sight and marked.
  const highlight = (wish) => {
    clear();
    const found = marks.find(places(wish.url), wish);
    if (!found) return false;
    if (narrow()) hide();
    else panel.classList.add("low");
    unmark = marks.show(found, () => (panel.hidden ? window.innerHeight : panel.getBoundingClientRect().top));
    return true;
  };

  const hear = (event) => {
    const message = event.data;
    if (!frame || event.source !== frame.contentWindow || event.origin !== BASE || !message || message.ns !== "chengwen" || message.v !== 1) return;
    const payload = message.payload || {};
    if (message.type === "ready" && !ready) {
      clearTimeout(timer);
      ready = cover.hidden = true;
      if (!panel.hidden) frame.focus();
      outbox.splice(0).forEach((waiting) => send(waiting[0], waiting[1]));
      emit("ready");
    } else if (message.type === "close") close();
    // The next answer has the whole panel again.
    else if (message.type === "asked") panel.classList.remove("low");
    else if (message.type === "highlight") send("found", { id: payload.id, found: highlight(payload) });
    else if (["answered", "source_click", "feedback", "error"].includes(message.type)) emit(message.type, payload);
  };
  const escape = (event) => { if (event.key === "Escape" && !event.isComposing) close(); };

  const commands = {
    open, close,
    toggle: () => (panel.hidden ? open() : close()),
    reset: () => { clear(); send("reset"); },
    on: (event, handler) => { (handlers[event] = handlers[event] || []).push(handler); },
    destroy: () => {
      close();
      drop();
      host.remove();
      window.removeEventListener("message", hear);
      if (window.visualViewport) window.visualViewport.removeEventListener("resize", fit);
      api.widgets.delete(key);
    },
  };
  const mount = () => {
    if (document.adoptedStyleSheets && window.CSSStyleSheet && CSSStyleSheet.prototype.replaceSync) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS_TEXT);
      root.adoptedStyleSheets = [sheet];
    } else root.append(make("style", { textContent: CSS_TEXT }));
    root.append(launcher, panel);
    root.addEventListener("keydown", escape);
    launcher.addEventListener("click", () => commands.toggle());
    window.addEventListener("message", hear);
    if (window.visualViewport) window.visualViewport.addEventListener("resize", fit);
    if (data.prefetch !== undefined) ["pointerenter", "focus"].forEach((type) => launcher.addEventListener(type, build, { once: true }));
    host.lang = tag;
    document.body.append(host);
    api.widgets.set(key, { site, commands });
    if (data.open === "true") open();
    api.q.splice(0).forEach((call) => api.apply(null, Array.from(call)));
  };
  if (document.body) mount(); else document.addEventListener("DOMContentLoaded", mount, { once: true });
})();
