// The page that shows the widget: each choice is seen at once, in the corner and in the code.

const form = document.getElementById("cw-options");
const snippet = document.getElementById("cw-snippet");
const USUAL = { position: "bottom-right", color: "#9f2d20", theme: "auto", "text-size": "normal" };

const chosen = () => [...new FormData(form)].filter(([name, value]) => value && value !== USUAL[name]);
const quoted = (value) => value.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");

const show = () => {
  const options = chosen();
  const lines = options.map(([name, value]) => `\n        data-${name}="${quoted(value)}"`);
  snippet.textContent = `<script async src="${snippet.dataset.base}/embed.js"${lines.join("")}></script>`;
  window.Chengwen?.("destroy");
  const script = document.createElement("script");
  for (const [name, value] of options) script.setAttribute(`data-${name}`, value);
  script.src = "/embed.js";
  script.onload = () => script.remove();
  document.body.append(script);
};

form.addEventListener("change", show);
form.addEventListener("submit", (event) => event.preventDefault());
show();

document.getElementById("cw-copy").addEventListener("click", async () => {
  const copied = document.getElementById("cw-copied");
  try {
    await navigator.clipboard.writeText(snippet.textContent);
    copied.textContent = copied.dataset.copied;
  } catch {
    getSelection().selectAllChildren(snippet);
  }
});
