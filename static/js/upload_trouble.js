// The notice shown when a picture or video did not get through, and its buttons.

import { keepCapture } from "./kept_capture.js";

const WORDS = {
  expired: {
    heading: "You have been logged out",
    words: "Nothing is lost. Log in again and send it from here.",
    actions: ["login"],
  },
  "expired-unkept": {
    heading: "You have been logged out",
    words: "Log in again in the new tab that opens, then come back to this one and send it.",
    actions: ["login", "resend"],
  },
  elsewhere: {
    heading: "This verification went on somewhere else",
    words: "You continued in another tab or on another device.",
    actions: ["onward"],
  },
  refused: {
    heading: "We cannot use this",
    words: "Please try with another one.",
    actions: ["redo"],
  },
  failed: {
    heading: "It did not reach us",
    words: "Check your connection and send it again. What you recorded is still here.",
    actions: ["retry", "redo"],
  },
};

// Where a person may want to write to us about it.
const WITH_REFERENCE = new Set(["refused", "failed"]);

/**
 * @param {HTMLElement} root  the part of the page with the notice (includes/upload_trouble.html)
 * @param {{retry: () => void, redo: () => void, resend: () => void, capture: () => object}} deeds
 *   capture() gives what is to be kept over a login.
 */
export class UploadTrouble {
  constructor(root, deeds) {
    this.notice = root.querySelector("[data-trouble]");
    this.owner = root.dataset.owner;
    this.deeds = deeds;
    for (const button of this.notice.querySelectorAll("[data-trouble-action]")) {
      button.addEventListener("click", (event) => this.act(button.dataset.troubleAction, event));
    }
  }

  async show(answer) {
    this.answer = answer;
    const words = WORDS[await this.kindWithKeeping(answer)];
    this.fill("heading", words.heading);
    this.fill("words", (answer.kind !== "expired" && answer.body.message) || words.words);
    const reference = this.notice.querySelector("[data-trouble-reference]");
    reference.hidden = !answer.body.request_id || !WITH_REFERENCE.has(answer.kind);
    reference.querySelector("span").textContent = answer.body.request_id ?? "";
    for (const button of this.notice.querySelectorAll("[data-trouble-action]")) {
      button.hidden = !words.actions.includes(button.dataset.troubleAction);
    }
    this.notice.querySelector("[data-trouble-action=onward]").href = answer.body.next_url ?? location.pathname;
    this.notice.dataset.trouble = answer.kind;
    this.notice.hidden = false;
    this.notice.focus();
  }

  hide() {
    this.notice.hidden = true;
  }

  fill(part, text) {
    this.notice.querySelector(`[data-trouble-${part}]`).textContent = text;
  }

  async kindWithKeeping(answer) {
    if (answer.kind !== "expired") return answer.kind;
    this.isKept = await keepCapture(this.owner, this.deeds.capture());
    return this.isKept ? "expired" : "expired-unkept";
  }

  act(action) {
    if (action === "login") this.goToLogin();
    else if (action !== "onward") this.deeds[action]();
  }

  goToLogin() {
    const login = loginAddress(this.answer.body.login_url);
    if (this.isKept) window.location.assign(login);
    else window.open(login, "_blank", "noopener");
  }
}

// A page only ever sends people to its own site, whatever an answer says.
export function loginAddress(given) {
  const address = new URL(given || "/accounts/login/", window.location.href);
  const own = address.origin === window.location.origin ? address : new URL("/accounts/login/", window.location.href);
  if (!own.searchParams.has("next")) own.searchParams.set("next", window.location.pathname);
  return own.href;
}
