// The workplace of analysts: single keys, the cheat-sheet, who else is looking, and the seconds of an undo.
// Everything here has a button, link or form that works without it.

const BEAT_MS = 15_000;
// What takes letters; a box, a radio button or a button does not.
const TYPED = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])";

const sheet = document.querySelector("[data-shortcuts]");
const settings = sheet?.querySelector("[data-shortcuts-settings]");

function isSeen(element) {
  return element.getClientRects().length > 0 && !element.disabled;
}

function seen(selector) {
  return [...document.querySelectorAll(selector)].filter(isSeen);
}

function press(element) {
  if (element.matches("form")) element.requestSubmit();
  else if (element.matches("input:not([type=checkbox], [type=radio]), textarea, select")) element.focus();
  else if (element.matches("summary")) unfold(element);
  else element.click();
}

function unfold(summary) {
  const details = summary.parentElement;
  details.open = true;
  const first = details.querySelector("input:not([type=hidden]), select, textarea, button");
  (first ?? summary).focus();
}

function choose(element) {
  if (element.matches("option")) {
    element.selected = true;
    element.parentElement.dispatchEvent(new Event("change", { bubbles: true }));
    element.parentElement.focus();
    return;
  }
  const control = element.matches("label") ? element.control : element;
  control?.focus();
  control?.click();
}

// The list behind a choice is not laid out, so its select says whether it is seen.
function digitTarget(digit) {
  const found = [...document.querySelectorAll(`[data-digit="${digit}"]`)];
  const shown = found.filter((one) => isSeen(one.closest("select") ?? one) || (one.labels?.[0] && isSeen(one.labels[0])));
  // Of several forms the one in use wins.
  const form = document.activeElement?.closest("form");
  return shown.find((one) => form && one.closest("form") === form) ?? shown[0];
}

function move(step) {
  const rows = seen("[data-row]");
  if (rows.length === 0) return;
  const now = document.activeElement?.closest("tr, [data-row]");
  const place = rows.findIndex((row) => row === now || now?.contains(row));
  const next = place < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(place + step, 0), rows.length - 1);
  const row = rows[next];
  if (!row.matches("a, button, [tabindex]")) row.tabIndex = -1;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function toggleRow() {
  document.activeElement?.closest("tr")?.querySelector("input[type=checkbox]")?.click();
}

function openSheet() {
  if (sheet && !sheet.open) sheet.showModal();
}

const KEYS = { j: () => move(1), k: () => move(-1), x: toggleRow, "?": openSheet };

function deedOf(key) {
  if (Object.hasOwn(KEYS, key)) return KEYS[key];
  if (/^[1-9]$/.test(key)) {
    const target = digitTarget(key);
    return target && (() => choose(target));
  }
  const target = /^[a-z]$/.test(key) && seen(`[data-key="${key}"]`)[0];
  return target && (() => press(target));
}

function onKey(event) {
  const isFree = !event.defaultPrevented && !event.repeat && !event.isComposing;
  if (!isFree || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest?.(TYPED) || document.querySelector("dialog[open]")) return;
  if (settings && !settings.elements.has_single_keys.checked) return;
  const deed = deedOf(event.key);
  if (!deed) return;
  event.preventDefault();
  deed();
}

async function saveSettings() {
  const answer = await send(sheet.dataset.settings, new FormData(settings)).catch(() => null);
  settings.querySelector("[data-shortcuts-saved]").textContent = answer?.ok ? "Saved." : "This could not be saved.";
}

function send(url, body) {
  return fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" });
}

function countDown(banner) {
  const end = performance.now() + Number(banner.dataset.undo) * 1000;
  const words = banner.querySelector("[data-undo-words]");
  // A live region says what changes in it, not what was there when the page came.
  const sentence = words.textContent.trim();
  words.textContent = "";
  setTimeout(() => {
    words.textContent = sentence;
  }, 100);
  const timer = setInterval(() => {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left > 0) {
      banner.querySelector("[data-undo-left]").textContent = left;
      return;
    }
    clearInterval(timer);
    if (banner.contains(document.activeElement)) banner.focus();
    for (const form of banner.querySelectorAll("form")) form.remove();
    // With nothing left to press it need not stay in sight, over what the next case shows.
    banner.classList.add("undo--over");
    words.textContent = `${sentence} It takes effect now.`;
  }, 250);
}

function watch(main) {
  let isActive = true;
  let timer = 0;
  const note = () => {
    isActive = true;
  };
  for (const kind of ["pointerdown", "keydown", "input", "wheel"]) {
    document.addEventListener(kind, note, { passive: true });
  }
  const beat = async () => {
    if (document.hidden) return;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
    if (isActive) body.set("active", "1");
    isActive = false;
    const answer = await send(main.dataset.heartbeat, body).catch(() => null);
    // A case that may not be seen any more is not asked for again; a network that is away comes back.
    if (answer && !answer.ok && answer.status < 500) clearInterval(timer);
    if (answer?.ok) show(main, await answer.json());
  };
  document.addEventListener("visibilitychange", beat);
  document.querySelector("[data-stay]")?.addEventListener("click", beat);
  timer = setInterval(beat, BEAT_MS);
  beat();
}

function say(element, words) {
  // The same words again are no news.
  if (element && element.textContent !== words) element.textContent = words;
}

function show(main, news) {
  say(document.querySelector("[data-viewing]"), news.viewing);
  say(document.querySelector("[data-leaving-words]"), news.leaving);
  const stay = document.querySelector("[data-stay]");
  if (stay) stay.hidden = !news.leaving;
  const place = document.querySelector("[data-moved-on]");
  const words = place?.querySelector("template");
  if (words && String(news.version) !== main.dataset.version) words.replaceWith(words.content);
}

function countChosen(form) {
  const boxes = [...form.querySelectorAll("input[name=case]")];
  const count = boxes.filter((box) => box.checked).length;
  say(form.querySelector("[data-chosen-count]"), count ? `${count} chosen` : "");
  const all = form.querySelector("[data-choose-all] input");
  all.checked = count === boxes.length;
  all.indeterminate = count > 0 && count < boxes.length;
}

function offerAll(label) {
  const form = label.closest("form");
  label.hidden = false;
  form.addEventListener("change", (event) => {
    if (label.contains(event.target)) {
      for (const box of form.querySelectorAll("input[name=case]")) box.checked = event.target.checked;
    }
    countChosen(form);
  });
  countChosen(form);
}

document.addEventListener("keydown", onKey);
for (const label of document.querySelectorAll("[data-choose-all]")) offerAll(label);
document.querySelector("[data-shortcuts-open]")?.addEventListener("click", openSheet);
sheet?.querySelector("[data-shortcuts-close]").addEventListener("click", () => sheet.close());
settings?.addEventListener("change", saveSettings);
for (const banner of document.querySelectorAll("[data-undo]")) countDown(banner);
const watched = document.querySelector("[data-heartbeat]");
if (watched) watch(watched);
