// Every form of the site: the summary of mistakes takes the focus, and a form is sent once only.

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

document.addEventListener("submit", refuseSecondSubmit);
document.querySelector("[data-logout]")?.addEventListener("submit", forgetCaptures);
window.addEventListener("pageshow", freeForms);
focusErrorSummary();
forgetStaleCaptures();
