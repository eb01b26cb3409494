// The page of one case: contrast of its pictures, and one key that answers all that waits.
// Without scripts every choice is made in the form itself.

const main = document.querySelector("[data-case]");

function tint(event) {
  const { tint: name } = event.target.dataset;
  if (name) main.style.setProperty(`--${name}`, event.target.value);
}

// What waits is settled alike; the reason of each stays to be looked at, the first one being the usual.
function answer(button) {
  const form = button.closest("form");
  form.querySelector(`[name=label][value=${button.dataset.label}]`)?.click();
  for (const select of form.querySelectorAll("[data-settles]")) {
    const fitting = [...select.options].find((option) => button.dataset.acts.split(" ").includes(option.value.split(":")[0]));
    if (fitting) select.value = fitting.value;
  }
  form.querySelector(`[data-reasons=${button.dataset.label}] input`)?.focus();
}

function press(event) {
  const button = event.target.closest("[data-acts]");
  if (button) answer(button);
}

main.addEventListener("input", tint);
main.addEventListener("click", press);
