// The list of names beside the rule editor, filtered while typing. Without it the whole list stands there.

const panel = document.querySelector("[data-names]");
const filter = panel?.querySelector("[data-names-filter]");
const count = panel?.querySelector("[data-names-count]");

function showMatching() {
  const words = filter.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const group of panel.querySelectorAll("[data-names-group]")) {
    let inGroup = 0;
    for (const entry of group.querySelectorAll("[data-name]")) {
      const text = entry.textContent.toLowerCase();
      const matches = words.every((word) => text.includes(word));
      entry.hidden = !matches;
      inGroup += matches;
    }
    group.hidden = inGroup === 0;
    if (words.length > 0 && inGroup > 0) {
      group.open = true;
    }
    shown += inGroup;
  }
  count.textContent = words.length > 0 ? `${shown} ${shown === 1 ? "name" : "names"}` : "";
}

if (filter && count) {
  panel.querySelector("[data-names-search]").hidden = false;
  filter.addEventListener("input", showMatching);
}
