// The few SVG parts that charts are made of. Each tone has a pattern beside its colour, so that series can be
// told apart without seeing colours; css/dashboard.css paints them.

const SVG = "http://www.w3.org/2000/svg";
const TILE = 6;
const STROKES = {
  plain: "",
  bad: "M0 6 L6 0 M-1 1 L1 -1 M5 7 L7 5",
  good: "M0 3 H6",
  warn: "M3 0 V6",
  quiet: "M0 0 L6 6 M0 6 L6 0",
};

export function part(name, attributes = {}, children = []) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export function text(words, attributes) {
  return part("text", attributes, [document.createTextNode(words)]);
}

// What a mouse resting on it reads; everybody else has the table.
export function hint(words) {
  return part("title", {}, [document.createTextNode(words)]);
}

export function patterns(prefix, columns) {
  const tones = new Set(columns.map((column) => column.tone));
  return part("defs", {}, [...tones].map((tone) => pattern(prefix, tone)));
}

function pattern(prefix, tone) {
  const size = { width: TILE, height: TILE };
  return part("pattern", { id: `${prefix}-${tone}`, patternUnits: "userSpaceOnUse", ...size }, [
    part("rect", { ...size, class: `tone tone--${tone}` }),
    part("path", { d: STROKES[tone], class: "tone__stroke" }),
  ]);
}

export function filled(prefix, tone, box, words) {
  const rect = part("rect", { ...box, fill: `url(#${prefix}-${tone})`, class: `edge edge--${tone}` });
  if (words) rect.append(hint(words));
  return rect;
}

export function picture(width, height, label, children) {
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  return part("svg", { ...size, role: "img", "aria-label": label, class: "chart" }, children);
}
