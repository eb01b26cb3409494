// Every form of the site: the summary of mistakes takes the focus, a form is sent once only, and a file that is too
// large is refused before it is sent.

import { forgetCaptures, forgetStaleCaptures } from "./kept_capture.js";

const BUSY = "data-busy";

function focusErrorSummary() {
  document.querySelector("[data-error-summary]")?.focus();
}

function refuseSecondSubmit(event) {
  const form = event.target;
  if (form.hasAttribute(BUSY)) {
    event.preventDefault();
    return;
  }
  if (event.defaultPrevented) return;
  form.setAttribute(BUSY, "");
  event.submitter?.setAttribute("aria-disabled", "true");
}

// The back button may bring a page back as it was left, with its form still marked as sent.
function freeForms() {
  for (const form of document.querySelectorAll(`form[${BUSY}]`)) {
    form.removeAttribute(BUSY);
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
}

function weigh(event) {
  const input = event.target;
  const megabytes = Number(input.dataset?.maxMegabytes);
  if (!megabytes || !input.files) return;
  const isTooLarge = [...input.files].some((file) => file.size > megabytes * 1e6);
  input.setCustomValidity(isTooLarge ? `This file is larger than ${megabytes} MB. Choose a smaller one.` : "");
  if (isTooLarge) input.reportValidity();
}

document.addEventListener("change", weigh);
document.addEventListener("submit", refuseSecondSubmit);
document.querySelector("[data-logout]")?.addEventListener("submit", forgetCaptures);
window.addEventListener("pageshow", freeForms);
focusErrorSummary();
forgetStaleCaptures();
