// Asks the server once a second how far the check is, and goes to the result when it is done.

import { loginAddress } from "./upload_trouble.js";

const EVERY_MS = 1000;
const SLOWEST_MS = 15_000;
const LONG_MS = 25_000; // four times the 6 s within which 95 of 100 checks are to be decided

const WORDS = { waiting: "Waiting", running: "Checking", done: "Done", failed: "Not clear" };

const root = document.getElementById("progress");
const news = document.getElementById("progress-news");
const trouble = document.getElementById("progress-trouble");
const startedAt = performance.now();
let failures = 0;

function say(words) {
  trouble.querySelector("[data-words]").textContent = words;
  trouble.hidden = words === "";
}

function showStage(stage) {
  const item = root.querySelector(`[data-name="${CSS.escape(stage.name)}"]`);
  if (!item || item.dataset.state === stage.state) return;
  item.dataset.state = stage.state;
  item.querySelector("[data-state-words]").textContent = WORDS[stage.state];
  if (stage.state === "done" || stage.state === "failed") {
    news.textContent = `${stage.label}: ${WORDS[stage.state]}`;
  }
}

function showAnswer(body) {
  failures = 0;
  body.stages.forEach(showStage);
  if (body.done) {
    window.location.replace(body.next_url);
    return false;
  }
  const isLong = performance.now() - startedAt > LONG_MS;
  say(isLong ? "This takes longer than usual. You may close this page and come back: the check goes on." : "");
  return true;
}

async function look() {
  let isToBeContinued = true;
  try {
    const response = await fetch(root.dataset.url, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (response.status === 401) {
      const body = await response.json().catch(() => ({}));
      window.location.assign(loginAddress(body.login_url));
      return;
    }
    if (!response.ok) throw new Error(`progress answered ${response.status}`);
    isToBeContinued = showAnswer(await response.json());
  } catch {
    failures += 1;
    if (failures > 2) say("We cannot reach the server right now and keep trying. The check itself goes on.");
  }
  if (isToBeContinued) setTimeout(look, Math.min(EVERY_MS * 2 ** failures, SLOWEST_MS));
}

setTimeout(look, EVERY_MS / 2);
