// The picture of related customers: arrow keys go from one to the next, and what links them stands out.
// The table beside it says the same.

const picture = document.querySelector("[data-graph]");
const words = document.querySelector("[data-graph-words]");

function nodes() {
  return [...picture.querySelectorAll("[data-node]")];
}

function show(node) {
  const id = node.dataset.node;
  const lit = new Set([id]);
  for (const link of picture.querySelectorAll("[data-ends]")) {
    const ends = link.dataset.ends.split(" ");
    const isLit = ends.includes(id);
    link.classList.toggle("is-lit", isLit);
    if (isLit) ends.forEach((end) => lit.add(end));
  }
  for (const other of nodes()) {
    other.classList.toggle("is-dim", !lit.has(other.dataset.node));
    other.setAttribute("tabindex", other === node ? "0" : "-1");
  }
  words.textContent = node.getAttribute("aria-label");
}

function clear() {
  for (const element of picture.querySelectorAll(".is-lit, .is-dim")) element.classList.remove("is-lit", "is-dim");
}

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function onKey(event) {
  const step = STEPS[event.key];
  const all = nodes();
  const place = all.indexOf(event.target.closest("[data-node]"));
  if (!step || place < 0) return;
  event.preventDefault();
  all[(place + step + all.length) % all.length].focus();
}

function onFocus(event) {
  const node = event.target.closest?.("[data-node]");
  if (node) show(node);
}

if (picture) {
  picture.addEventListener("keydown", onKey);
  picture.addEventListener("focusin", onFocus);
  picture.addEventListener("focusout", clear);
  picture.addEventListener("pointerover", onFocus);
  picture.addEventListener("pointerleave", clear);
}
