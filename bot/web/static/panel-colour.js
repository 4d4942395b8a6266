// The colour that a site chooses, made so that it can be read on paper, light or dark.

const LEAST = 4.5; // contrast of text, WCAG 2.2

const channels = (color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
const hex = (values) => `#${values.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;
const linear = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
const luminance = (color) => channels(color).reduce((sum, value, n) => sum + linear(value) * [0.2126, 0.7152, 0.0722][n], 0);
const contrast = (a, b) => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};
const mixed = (a, b, share) => hex(channels(a).map((value, n) => value + (channels(b)[n] - value) * share));

// {accent, on, soft}: `color` as text, the ink on it, and a ground tinted by it, beside the colours of that paper.
export const shades = (color, dark) => {
  const [paper, ink] = dark ? ["#1b1917", "#ffffff"] : ["#fcfbf9", "#000000"];
  const soft = mixed(paper, color, 0.1);
  let accent = color;
  for (let share = 0; contrast(accent, soft) < LEAST && share < 1; share += 0.05) accent = mixed(color, ink, share);
  return { accent, on: contrast(accent, "#ffffff") >= LEAST ? "#ffffff" : "#000000", soft };
};

export const applyColour = (color, theme) => {
  if (!color) return;
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const { accent, on, soft } = shades(color, theme === "dark" || (theme === "auto" && scheme.matches));
    const { style } = document.documentElement;
    for (const [name, value] of [["accent", accent], ["on-accent", on], ["soft", soft]]) style.setProperty(`--cw-${name}`, value);
  };
  scheme.addEventListener("change", apply);
  apply();
};
