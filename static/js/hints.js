// One hint at a time. A hint must hold for a while before it is shown, so that it neither flickers nor
// talks a screen reader to death.

const HOLD_MS = 600;

export class HintBoard {
  /** @param {HTMLElement} element  a polite live region */
  constructor(element) {
    this.element = element;
    this.clear();
  }

  suggest(words, tone, nowMs) {
    if (words !== this.candidate) {
      this.candidate = words;
      this.sinceMs = nowMs;
    }
    if (nowMs - this.sinceMs < HOLD_MS || this.element.textContent === words) return;
    this.element.textContent = words;
    this.element.dataset.tone = tone;
  }

  clear() {
    this.candidate = null;
    this.sinceMs = 0;
    this.element.textContent = "";
  }
}
