// A panel on the page: title, chart, legend and the same rows as a table. What somebody has opened, or where they
// are with the keyboard, stays as it is while numbers change.

import { chartOf } from "./dashboard_charts.js";
import { filled, patterns, part } from "./dashboard_svg.js";
import { dayWords, words } from "./dashboard_words.js";

const SWATCH = { x: 0, y: 0, width: 18, height: 12 };

export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export class PanelView {
  constructor(panel) {
    const heading = make("h2", { id: `panel-${panel.id}` }, panel.title);
    this.note = make("p", { class: "quiet dashboard__note" }, panel.note);
    this.empty = make("p", { class: "dashboard__empty", "data-testid": `empty-${panel.id}` });
    this.chart = make("div", { class: "dashboard__chart" });
    this.legend = make("ul", { class: "dashboard__legend" });
    this.table = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `${panel.title}, table` });
    this.details = make("details", {}, make("summary", {}, `Table: ${panel.title}`), this.table);
    this.element = make(
      "section",
      { class: "panel", "aria-labelledby": heading.id, "data-testid": `panel-${panel.id}` },
      ...[heading, this.note, this.empty, this.chart, this.legend, this.details],
    );
  }

  show(panel, currency) {
    const seen = JSON.stringify(panel);
    if (seen === this.seen) return;
    this.seen = seen;
    this.panel = panel;
    this.currency = currency;
    this.note.textContent = panel.note;
    this.empty.textContent = panel.is_empty ? panel.empty : "";
    this.empty.hidden = !panel.is_empty;
    for (const shown of [this.chart, this.legend, this.details]) shown.hidden = panel.is_empty;
    if (panel.is_empty) return;
    this.legend.replaceChildren(...legendOf(panel));
    this.table.replaceChildren(tableOf(panel, currency));
    this.draw();
  }

  draw() {
    const width = Math.floor(this.chart.clientWidth);
    if (!this.panel || this.panel.is_empty || width === 0) return;
    this.width = width;
    this.chart.replaceChildren(chartOf(this.panel, width, this.currency));
  }

  redrawIfResized() {
    if (Math.floor(this.chart.clientWidth) !== this.width) this.draw();
  }
}

// One series needs no legend: the title says what it is.
function legendOf(panel) {
  const series = panel.columns.filter((column) => column.is_charted);
  if (series.length < 2) return [];
  const prefix = `legend-${panel.id}`;
  return series.map((column) => {
    const swatch = part("svg", { ...SWATCH, "aria-hidden": "true" }, [
      patterns(prefix, [column]),
      filled(prefix, column.tone, SWATCH),
    ]);
    return make("li", {}, swatch, ` ${column.label}`);
  });
}

function tableOf(panel, currency) {
  const isByDay = panel.chart === "days" || panel.chart === "line";
  // The newest day first, as in every list of the staff site.
  const rows = isByDay ? [...panel.rows].reverse() : panel.rows;
  const heads = panel.columns.map((column) => make("th", { scope: "col", class: "number" }, column.label));
  const body = rows.map((row) => {
    const cells = row.values.map((value, at) =>
      make("td", { class: "number" }, words(value, panel.columns[at].unit, currency)),
    );
    const name = isByDay ? `${dayWords(row.label)} ${row.label.slice(0, 4)}` : row.label;
    return make("tr", {}, make("th", { scope: "row" }, name), ...cells);
  });
  const head = make("tr", {}, make("th", { scope: "col" }, panel.heading), ...heads);
  return make("table", { class: "compared" }, make("thead", {}, head), make("tbody", {}, ...body));
}
