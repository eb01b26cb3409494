// A panel's rows as a picture. Drawn here and not by the chart.js that unfold brings: that one paints on a canvas,
// whose text neither grows with the page nor reaches a screen reader, and which knows no patterns by itself.

import { filled, hint, part, patterns, picture, text } from "./dashboard_svg.js";
import { dayWords, shortWords, words } from "./dashboard_words.js";

const SCALE_WIDTH = 52;
const DAYS_HEIGHT = 200;
const FOOT = 22;
const HEAD = 10;
const ROW_HEIGHT = 44;
const BAR_HEIGHT = 16;
const NARROWEST_COLUMN = 4;
const LETTER_WIDTH = 7.2; // of 13 px text, on average

export function chartOf(panel, width, currency) {
  const drawing = {
    panel,
    width,
    currency,
    prefix: `tone-${panel.id}`,
    series: panel.columns.map((column, at) => ({ ...column, at })).filter((column) => column.is_charted),
  };
  return { days: drawDays, line: drawLine, bars: drawBars, shares: drawShares, steps: drawSteps }[panel.chart](drawing);
}

function label(drawing) {
  return `${drawing.panel.title}: chart. The table below holds its numbers.`;
}

function told(drawing, column, value) {
  return words(value, column.unit, drawing.currency);
}

// Days

// Where days are too many for the width, several become one column.
function grouped(drawing) {
  const { rows } = drawing.panel;
  const room = Math.floor((drawing.width - SCALE_WIDTH) / NARROWEST_COLUMN);
  const size = Math.max(1, Math.ceil(rows.length / room));
  const groups = [];
  for (let at = 0; at < rows.length; at += size) groups.push(together(rows.slice(at, at + size)));
  return groups;
}

function together(rows) {
  const [first, last] = [rows[0], rows[rows.length - 1]];
  const name = rows.length === 1 ? dayWords(first.label) : `${dayWords(first.label)} to ${dayWords(last.label)}`;
  return { name, values: first.values.map((_, at) => rows.reduce((sum, row) => sum + (row.values[at] ?? 0), 0)) };
}

// The next number of 1, 2 or 5 times a power of ten.
function roundUp(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= value);
}

function scale(drawing, top, unit) {
  // Counts have no halves.
  const steps = unit === "count" && top <= 5 ? Array.from({ length: top + 1 }, (_, at) => at / top) : [0, 0.5, 1];
  return steps.flatMap((share) => {
    const y = HEAD + (1 - share) * (DAYS_HEIGHT - HEAD - FOOT);
    const said = shortWords(share * top, unit, drawing.currency);
    return [
      part("line", { x1: SCALE_WIDTH, x2: drawing.width, y1: y, y2: y, class: "chart__rule" }),
      text(said, { x: SCALE_WIDTH - 6, y: y + 4, "text-anchor": "end" }),
    ];
  });
}

function dayNames(drawing, names) {
  const y = DAYS_HEIGHT - 5;
  if (names.length === 1) return [text(names[0], { x: (SCALE_WIDTH + drawing.width) / 2, y, "text-anchor": "middle" })];
  return [
    text(names[0], { x: SCALE_WIDTH, y }),
    text(names[names.length - 1], { x: drawing.width, y, "text-anchor": "end" }),
  ];
}

function drawDays(drawing) {
  const groups = grouped(drawing);
  const total = (group) => drawing.series.reduce((sum, column) => sum + group.values[column.at], 0);
  const top = roundUp(Math.max(...groups.map(total)));
  const step = (drawing.width - SCALE_WIDTH) / groups.length;
  const columns = groups.flatMap((group, at) => stack(drawing, group, SCALE_WIDTH + at * step, step, top));
  const [first, last] = [drawing.panel.rows[0], drawing.panel.rows[drawing.panel.rows.length - 1]];
  const names = first === last ? [first] : [first, last];
  return picture(drawing.width, DAYS_HEIGHT, label(drawing), [
    patterns(drawing.prefix, drawing.series),
    ...scale(drawing, top, drawing.series[0].unit),
    ...columns,
    ...dayNames(drawing, names.map((row) => dayWords(row.label))),
  ]);
}

function stack(drawing, group, x, step, top) {
  const gap = Math.min(step * 0.2, 6);
  const width = Math.min(step - gap, 64);
  const left = x + (step - width) / 2;
  let bottom = DAYS_HEIGHT - FOOT;
  return drawing.series.flatMap((column) => {
    const value = group.values[column.at];
    if (!value) return [];
    const height = (value / top) * (DAYS_HEIGHT - HEAD - FOOT);
    bottom -= height;
    const said = `${group.name}, ${column.label}: ${told(drawing, column, value)}`;
    return [filled(drawing.prefix, column.tone, { x: left, y: bottom, width, height }, said)];
  });
}

function drawLine(drawing) {
  const [column] = drawing.series;
  const { rows } = drawing.panel;
  const step = (drawing.width - SCALE_WIDTH) / rows.length;
  const points = rows.map((row, at) => {
    const value = row.values[column.at];
    const y = value === null ? null : HEAD + (1 - value) * (DAYS_HEIGHT - HEAD - FOOT);
    return { x: SCALE_WIDTH + (at + 0.5) * step, y, said: `${dayWords(row.label)}: ${told(drawing, column, value)}` };
  });
  const known = points.filter((point) => point.y !== null);
  const dots = known.map(({ x, y, said }) => part("circle", { cx: x, cy: y, r: 4, class: "chart__dot" }, [hint(said)]));
  const ends = rows.length === 1 ? [rows[0]] : [rows[0], rows[rows.length - 1]];
  return picture(drawing.width, DAYS_HEIGHT, label(drawing), [
    ...scale(drawing, 1, "share"),
    part("path", { d: path(points), class: "chart__line" }),
    ...dots,
    ...dayNames(drawing, ends.map((row) => dayWords(row.label))),
  ]);
}

// Days without a value interrupt the line: nothing is known of them.
function path(points) {
  return points
    .map(({ x, y }, at) => {
      if (y === null) return "";
      const goesOn = at > 0 && points[at - 1].y !== null;
      return `${goesOn ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}

// Rows

function drawRows(drawing, { top, said, extra = () => [] }) {
  const rows = drawing.panel.rows.flatMap((row, at) => {
    const y = at * ROW_HEIGHT;
    const value = said(row);
    const letters = Math.max(6, Math.floor((drawing.width - value.length * LETTER_WIDTH) / LETTER_WIDTH) - 1);
    const name = row.label.length > letters ? `${row.label.slice(0, letters - 1)}…` : row.label;
    return [
      text(name, { x: 0, y: y + 14 }),
      text(value, { x: drawing.width, y: y + 14, "text-anchor": "end", class: "chart__value" }),
      part("rect", { x: 0, y: y + 20, width: drawing.width, height: BAR_HEIGHT, class: "chart__track" }),
      ...bar(drawing, row, y + 20, top),
      ...extra(row, y + 20),
    ];
  });
  const height = drawing.panel.rows.length * ROW_HEIGHT;
  return picture(drawing.width, height, label(drawing), [patterns(drawing.prefix, drawing.series), ...rows]);
}

function bar(drawing, row, y, top) {
  let x = 0;
  return drawing.series.flatMap((column) => {
    const value = row.values[column.at];
    if (!value) return [];
    const width = (value / top) * drawing.width;
    const said = `${row.label}, ${column.label}: ${told(drawing, column, value)}`;
    const part_ = filled(drawing.prefix, column.tone, { x, y, width, height: BAR_HEIGHT }, said);
    x += width;
    return [part_];
  });
}

function drawBars(drawing) {
  const sum = (row) => drawing.series.reduce((all, column) => all + (row.values[column.at] ?? 0), 0);
  const top = Math.max(1, ...drawing.panel.rows.map(sum));
  const apart = (row) => drawing.series.filter((column) => column.tone !== "plain" && row.values[column.at]);
  const said = (row) =>
    [
      words(sum(row), "count"),
      ...apart(row).map((column) => `${words(row.values[column.at], "count")} ${column.label.toLowerCase()}`),
    ].join(", ");
  return drawRows(drawing, { top, said });
}

function drawShares(drawing) {
  const at = (key) => drawing.panel.columns.findIndex((column) => column.key === key);
  const [low, high, value] = [at("low"), at("high"), at("precision")];
  const said = (row) =>
    `${words(row.values[value], "share")} (${words(row.values[low], "share")} to ${words(row.values[high], "share")})`;
  const extra = (row, y) => interval(row.values[low] * drawing.width, row.values[high] * drawing.width, y);
  return drawRows(drawing, { top: 1, said, extra });
}

function interval(left, right, y) {
  const middle = y + BAR_HEIGHT / 2;
  const d = `M${left} ${middle}H${right}M${left} ${y + 3}V${y + BAR_HEIGHT - 3}M${right} ${y + 3}V${y + BAR_HEIGHT - 3}`;
  return [part("path", { d, class: "chart__interval-edge" }), part("path", { d, class: "chart__interval" })];
}

function drawSteps(drawing) {
  const begun = Math.max(1, drawing.panel.rows[0].values[0]);
  const said = (row) => `${words(row.values[0], "count")} (${words(row.values[1], "share")})`;
  return drawRows(drawing, { top: begun, said });
}
