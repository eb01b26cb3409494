// A picture or video that could not be sent because the session had expired, kept in this browser's
// IndexedDB until the person has logged in again. One record a page, for one person, for half an hour.

const DATABASE = "kept-captures";
const STORE = "captures";
const LIFETIME_MS = 30 * 60 * 1000; // shorter than any working session; a shared computer must not keep a face

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.addEventListener("upgradeneeded", () => request.result.createObjectStore(STORE));
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

async function inStore(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.addEventListener("complete", () => resolve(request.result));
      transaction.addEventListener("abort", () => reject(transaction.error));
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<boolean>} false where the browser keeps nothing (private windows, full disk) */
export async function keepCapture(owner, capture) {
  try {
    await inStore("readwrite", (store) => store.put({ owner, keptAt: Date.now(), ...capture }, location.pathname));
    return true;
  } catch {
    return false;
  }
}

/** Take out what was kept for this page and person; anything else found here is deleted. */
export async function takeCapture(owner) {
  try {
    const kept = await inStore("readonly", (store) => store.get(location.pathname));
    if (!kept) return null;
    await inStore("readwrite", (store) => store.delete(location.pathname));
    const isFresh = Date.now() - kept.keptAt < LIFETIME_MS;
    return kept.owner === owner && isFresh ? kept : null;
  } catch {
    return null;
  }
}

/** On every page: what nobody came back for is deleted once its time is over. */
export async function forgetStaleCaptures() {
  try {
    const known = await indexedDB.databases();
    if (!known.some((database) => database.name === DATABASE)) return;
    const kept = await inStore("readonly", (store) => store.getAll());
    if (kept.some((capture) => Date.now() - capture.keptAt >= LIFETIME_MS)) forgetCaptures();
  } catch {
    // Browsers that cannot list or open databases cannot have kept anything either.
  }
}

export function forgetCaptures() {
  try {
    indexedDB.deleteDatabase(DATABASE);
  } catch {
    // Nothing can have been kept where IndexedDB itself is missing.
  }
}
