// A page part that shows one state at a time: elements say in data-shows in which states they are seen.

export function showState(root, state) {
  root.dataset.state = state;
  for (const element of root.querySelectorAll("[data-shows]")) {
    element.hidden = !element.dataset.shows.split(" ").includes(state);
  }
}

// Moves the keyboard and the screen reader to where the page goes on.
export function focusFirstHeading(container) {
  const heading = [...container.querySelectorAll("[tabindex='-1']")].find((element) => element.offsetParent);
  heading?.focus({ preventScroll: true });
  heading?.scrollIntoView({ block: "nearest" });
}
