// The coarse fingerprint of this device that the consent text names, sent once a browser session.
// Coarse on purpose: families and buckets, nothing that is drawn, played or measured.

const SENT = "device-sighting-sent";

const BROWSERS = [
  ["edge", /Edg\//],
  ["samsung", /SamsungBrowser/],
  ["opera", /OPR\//],
  ["firefox", /Firefox|FxiOS/],
  ["chrome", /Chrome|CriOS/],
  ["safari", /Safari/],
];

const SYSTEMS = [
  ["ios", /iPhone|iPad/],
  ["android", /Android/],
  ["windows", /Windows/],
  ["mac", /Mac OS X/],
  ["linux", /Linux|X11|CrOS/],
];

function family(list) {
  return list.find(([, pattern]) => pattern.test(navigator.userAgent))?.[0] ?? "other";
}

// Hundreds of pixels, shorter side first, so that turning the phone changes nothing.
function screenBucket() {
  const sides = [screen.width, screen.height].sort((a, b) => a - b);
  return sides.map((side) => Math.floor(side / 100) * 100).join("x");
}

function coresBucket() {
  const cores = navigator.hardwareConcurrency ?? 0;
  return ["unknown", "1-2", "3-4", "5-8", "9+"][[0, 2, 4, 8].filter((limit) => cores > limit).length];
}

function traits() {
  return {
    browser: family(BROWSERS),
    platform: family(SYSTEMS),
    screen: screenBucket(),
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "",
    languages: [...(navigator.languages ?? [])].slice(0, 3),
    cores: coresBucket(),
    touch: navigator.maxTouchPoints > 0,
  };
}

// "" where the page is not served securely and the browser therefore has no hashing.
async function sha256(text) {
  if (!crypto.subtle) return "";
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isSentAlready() {
  try {
    return sessionStorage.getItem(SENT) !== null;
  } catch {
    return false;
  }
}

async function report(url, token) {
  const seen = traits();
  const response = await fetch(url, {
    method: "POST",
    headers: { "X-CSRFToken": token, Accept: "application/json" },
    body: new URLSearchParams({ fingerprint: await sha256(JSON.stringify(seen)), traits: JSON.stringify(seen) }),
  });
  if (response.ok) sessionStorage.setItem(SENT, "1");
}

const url = document.querySelector("meta[name=device-sighting]")?.content;
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
if (url && token && !isSentAlready()) {
  report(url, token).catch(() => {}); // a sighting that is lost must never disturb the customer
}
