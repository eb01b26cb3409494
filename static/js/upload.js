// Posting a form with a picture or video, and what the server answered.

const PATIENCE_MS = 120_000; // a phone on a slow line sends 3 MB in well under two minutes

/**
 * Post `data` to this page's own address.
 *
 * XMLHttpRequest, because fetch cannot tell how much has been sent.
 *
 * @param {FormData} data
 * @param {(fraction: number) => void} onProgress  0…1
 * @returns {Promise<{kind: "accepted"|"expired"|"elsewhere"|"refused"|"failed", body: object}>}
 *   "failed" may be tried again with the same data; "refused" needs another picture.
 */
export function send(data, onProgress = () => {}) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", window.location.href);
    request.setRequestHeader("Accept", "application/json");
    request.timeout = PATIENCE_MS;
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => resolve(readAnswer(request)));
    for (const event of ["error", "timeout", "abort"]) {
      request.addEventListener(event, () => resolve({ kind: "failed", body: {} }));
    }
    request.send(data);
  });
}

function readAnswer(request) {
  const body = readJson(request.responseText);
  return { kind: kindOf(request.status, body), body: body ?? {}, status: request.status };
}

function kindOf(status, body) {
  if (status >= 200 && status < 300 && body?.next_url) return "accepted";
  if (status === 401) return "expired";
  if (status === 409) return "elsewhere";
  if (status === 403 && !body) return "stale"; // Django's CSRF page: the token changed with a login in another tab
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) return "refused";
  return "failed";
}

function readJson(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

/**
 * Take over the hidden fields (CSRF token, capture key) of a freshly loaded copy of this page.
 *
 * A login changes the CSRF token; this lets the form that is already open go on working.
 *
 * @returns {Promise<boolean>} whether the copy had the form, that is, whether we are logged in
 */
export async function refreshForm(form) {
  let fresh;
  try {
    const response = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    fresh = page.getElementById(form.id);
  } catch {
    return false;
  }
  if (!fresh) return false;
  for (const name of ["csrfmiddlewaretoken", "capture_key"]) {
    const field = form.elements.namedItem(name);
    const value = fresh.querySelector(`[name="${name}"]`)?.value;
    if (field && value) field.value = value;
  }
  return true;
}

/** Like send(), but a form whose CSRF token went stale is renewed and sent once more. */
export async function sendForm(form, fillIn, onProgress) {
  const answer = await send(fillIn(new FormData(form)), onProgress);
  if (answer.kind !== "stale") return answer;
  const isRenewed = await refreshForm(form);
  if (!isRenewed) return { kind: "expired", body: {} };
  const second = await send(fillIn(new FormData(form)), onProgress);
  return second.kind === "stale" ? { kind: "failed", body: {} } : second;
}
