// The payment's pages: a form left open over a log-in still arrives, and waiting is said aloud.

const PATIENCE_MS = 1000;

// Signing in elsewhere renews the token that forms must carry; the cookie always holds the newest.
function newestToken() {
  const cookie = document.cookie.split("; ").find((one) => one.startsWith("csrftoken="));
  return cookie?.slice("csrftoken=".length);
}

function renewToken(form) {
  const field = form.querySelector("[name=csrfmiddlewaretoken]");
  const token = newestToken();
  if (field && token) field.value = token;
}

function announceWaiting(form) {
  const words = form.querySelector("[data-waiting]");
  if (!words) return;
  const timer = setTimeout(() => {
    words.textContent = words.dataset.words;
    form.setAttribute("aria-busy", "true");
  }, PATIENCE_MS);
  window.addEventListener("pagehide", () => clearTimeout(timer), { once: true });
}

// A page that the back button brings back waits for nothing.
function stopWaiting() {
  for (const words of document.querySelectorAll("[data-waiting]")) {
    words.textContent = "";
    words.closest("form").removeAttribute("aria-busy");
  }
}

for (const form of document.querySelectorAll("form[data-payment]")) {
  form.addEventListener("submit", () => {
    renewToken(form);
    announceWaiting(form);
  });
}
window.addEventListener("pageshow", stopWaiting);
