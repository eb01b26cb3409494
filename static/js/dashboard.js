// Asks the one address of the dashboard, shows what it answers, and asks again while somebody looks.

import { make, PanelView } from "./dashboard_panels.js";
import { tileWords, timeWords } from "./dashboard_words.js";

// Longer than the slowest answer; one that never comes must not end the updates.
const PATIENCE_MS = 30_000;

const root = document.getElementById("dashboard");
const views = new Map();
let timer = 0;
let isAsking = false;

function at(name) {
  return root.querySelector(`[data-${name}]`);
}

function say(sentence) {
  const trouble = at("trouble");
  // A screen reader reads it once, and not every 15 seconds again.
  if (trouble.textContent !== sentence) trouble.textContent = sentence;
  trouble.hidden = sentence === "";
}

function showTiles(board) {
  const tiles = board.tiles.map((tile) =>
    make(
      "div",
      { class: "panel dashboard__tile", "data-testid": `tile-${tile.id}` },
      make("dt", {}, tile.label, ...(tile.note ? [make("span", { class: "quiet" }, ` ${tile.note}`)] : [])),
      make("dd", {}, tileWords(tile.value, tile.unit, board.currency)),
    ),
  );
  at("tiles").replaceChildren(...tiles);
}

function viewOf(panel) {
  if (!views.has(panel.id)) {
    const view = new PanelView(panel);
    views.set(panel.id, view);
    at("panels").append(view.element);
  }
  return views.get(panel.id);
}

function show(board) {
  showTiles(board);
  for (const panel of board.panels) viewOf(panel).show(panel, board.currency);
  at("as-of").textContent = `As of ${timeWords(board.as_of)}`;
  say("");
}

async function answer() {
  const response = await fetch(root.dataset.url, {
    headers: { Accept: "application/json" },
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (response.redirected) return say("You are logged out. Load the page again to log in.");
  if (response.status === 404) return say("Your role no longer shows you this page.");
  const board = await response.json();
  return response.ok ? show(board) : say(board.sentence);
}

async function ask() {
  if (isAsking) return;
  isAsking = true;
  try {
    await answer();
  } catch {
    say("The server cannot be reached right now. These numbers are older; we keep trying.");
  }
  isAsking = false;
}

// Hidden pages ask nothing, and catch up when they are seen again.
function isLive() {
  return document.visibilityState === "visible" && at("live").checked;
}

function goOn() {
  clearInterval(timer);
  if (!isLive()) return;
  ask();
  timer = setInterval(ask, Number(root.dataset.everyS) * 1000);
}

function toggleTables(button) {
  const isOpen = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(isOpen));
  for (const view of views.values()) view.details.open = isOpen;
}

if (root) {
  document.addEventListener("visibilitychange", goOn);
  at("live").addEventListener("change", goOn);
  at("tables").addEventListener("click", (event) => toggleTables(event.currentTarget));
  new ResizeObserver(() => views.forEach((view) => view.redrawIfResized())).observe(at("panels"));
  goOn();
}
