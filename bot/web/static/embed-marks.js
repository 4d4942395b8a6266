// Finds the words of a citation in the page around the widget, shows them, and leaves no trace of that. Stands before
// embed.js in the one script that is served.
const chengwenMarks = (host, name) => {
  "use strict";
  const SKIPPED = "script,style,noscript,template,textarea,select,svg,iframe,rt,rp";
  const AROUND = 60;

  // Without space, width and the shape of quotation marks and dashes.
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/[\s\u00ad\u200b-\u200f\u2060\ufeff]/g, "").replace(/[“”„‘’「」『』']/g, '"').replace(/[‐-―]/g, "-");

  // The folded words that can be seen within an element, each character with its node and where it stands there.
  const gather = (within, without) => {
    const places = [];
    let text = "";
    const walker = document.createTreeWalker(within, 5, (node) => {
      if (node.nodeType === 3) return 1;
      const style = node === host || node.matches(without) ? null : getComputedStyle(node);
      return style && style.display !== "none" && style.visibility !== "hidden" ? 3 : 2;
    });
    while (walker.nextNode()) {
      const node = walker.currentNode;
      let at = 0;
      for (const character of node.data) {
        const folded = fold(character);
        for (let n = 0; n < folded.length; n += 1) places.push({ node, start: at, end: at + character.length });
        text += folded;
        at += character.length;
      }
    }
    return { text, places };
  };

  const shared = (a, b) => {
    let n = 0;
    while (n < AROUND && n < a.length && a[n] === b[n]) n += 1;
    return n;
  };
  const back = (text) => Array.from(text).reverse();

  // Of several places, the one whose surroundings are most like those of the citation.
  const findIn = (within, wish, without) => {
    const { text, places } = gather(within, without);
    const [quote, before, after] = [wish.quote, wish.before, wish.after].map((part) => fold(String(part || "")));
    let best = -1;
    let most = -1;
    for (let at = quote ? text.indexOf(quote) : -1; at >= 0; at = text.indexOf(quote, at + 1)) {
      const end = at + quote.length;
      const near = shared(back(before), back(text.slice(Math.max(0, at - AROUND), at))) + shared(after, text.slice(end, end + AROUND));
      if (near > most) [best, most] = [at, near];
    }
    return { near: most, found: places.slice(best, best + quote.length) };
  };

  // Marks of notes may stand within the words.
  const find = (elements, wish) => {
    let best = { near: -1, found: null };
    for (const without of [SKIPPED, SKIPPED + ",sup"]) {
      for (const element of elements) {
        const one = findIn(element, wish, without);
        if (one.near > best.near) best = one;
      }
    }
    return best.found;
  };

  const paint = (range) => {
    const rule = `::highlight(${name})`;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${rule}{background-color:#ffe08a;color:#1c1917}@media (forced-colors:active){${rule}{background-color:Highlight;color:HighlightText}}`);
    document.adoptedStyleSheets = Array.from(document.adoptedStyleSheets).concat(sheet);
    CSS.highlights.set(name, new Highlight(range));
    return () => {
      CSS.highlights.delete(name);
      document.adoptedStyleSheets = Array.from(document.adoptedStyleSheets).filter((other) => other !== sheet);
    };
  };

  // For browsers without that: marks around the words. Taken away again, every node is the one it was.
  const wrap = (found) => {
    const undo = Array.from(new Set(found.map((place) => place.node))).map((node) => {
      const within = found.filter((place) => place.node === node);
      const whole = node.data;
      const end = within[within.length - 1].end;
      const mark = document.createElement("mark");
      const rest = document.createTextNode(whole.slice(end));
      mark.textContent = whole.slice(within[0].start, end);
      mark.style.setProperty("background-color", "#ffe08a", "important");
      mark.style.setProperty("color", "#1c1917", "important");
      node.data = whole.slice(0, within[0].start);
      node.after(mark, rest);
      return () => { mark.remove(); rest.remove(); node.data = whole; };
    });
    return () => undo.forEach((step) => step());
  };

  // Marks what was found and brings it into the upper part of the window, down to `room()`; gives what takes it back.
  const show = (found, room) => {
    const first = found[0];
    const last = found[found.length - 1];
    const range = document.createRange();
    range.setStart(first.node, first.start);
    range.setEnd(last.node, last.end);
    const block = first.node.parentElement;
    block.scrollIntoView({ block: "center", behavior: "instant" });
    const box = range.getBoundingClientRect();
    window.scrollBy({ top: box.top - Math.max(40, (room() - box.height) / 2), behavior: "instant" });
    return window.Highlight && CSS.highlights && document.adoptedStyleSheets ? paint(range) : wrap(found);
  };

  return { find, show };
};
