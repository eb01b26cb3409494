// The page on which a person shows that they are there: a short silent video with movements the server drew.
//
// intro → opening → ready → recording → sending → (next page)
//            ↘ problem ↖ left the tab  ↖ trouble notice: send again, log in and continue, record again

import { closeCamera, describeProblem, openCamera } from "./camera.js";
import { takeCapture } from "./kept_capture.js";
import { canRecord, record } from "./recording.js";
import { focusFirstHeading, showState } from "./states.js";
import { refreshForm, sendForm } from "./upload.js";
import { UploadTrouble } from "./upload_trouble.js";

const WISH = { facing: "user", width: 640, height: 480 };
const LEAD = { code: "hold", label: "Hold still", instruction: "Look at the camera" };
// What the screen shows at the end, so that the face reflects it.
const LIGHT = { code: "light", label: "Look at the screen", instruction: "It changes its colour for a few seconds" };
// Answers after which only new movements help.
const SPENT = new Set(["challenge_expired", "challenge_used", "challenge_unknown"]);

const challenge = JSON.parse(document.getElementById("challenge").textContent);
const root = document.getElementById("liveness");
const form = document.getElementById("liveness-form");
const find = (name) => root.querySelector(`[data-${name}]`);
const video = find("preview");
const trouble = new UploadTrouble(root, { retry: send, resend, redo: start, capture: () => take });

const movements = [
  { ...LEAD, durationMs: challenge.lead_ms },
  ...challenge.actions.map((action) => ({ ...action, durationMs: action.duration_ms })),
];
const colours = challenge.light.map((colour) => ({ ...LIGHT, colour, durationMs: challenge.light_ms }));
const wantsStillness = window.matchMedia("(prefers-reduced-motion: reduce)");
const deadlineMs = performance.now() + challenge.seconds_left * 1000;
const neededMs = [...movements, ...colours].reduce((sum, prompt) => sum + prompt.durationMs, 0);

let prompts = movements; // what the recording under way asks for
let stream = null;
let cameraLabel = "";
let take = null; // {video: Blob, nonce, cameraLabel}: what was recorded

// The colours are left out for people who asked for less motion, here or in their system.
function promptsNow() {
  const areLeftOut = wantsStillness.matches || find("leave-out-light")?.checked;
  return areLeftOut ? movements : [...movements, ...colours];
}

function showLightNotice() {
  const notice = find("light-notice");
  if (notice) notice.hidden = wantsStillness.matches;
}

function isInTime() {
  return performance.now() + neededMs < deadlineMs;
}

async function start() {
  trouble.hide();
  take = null;
  if (!isInTime()) {
    expire();
    return;
  }
  if (!canRecord()) {
    showProblem("unsupported");
    return;
  }
  showState(root, "opening");
  try {
    ({ stream, label: cameraLabel } = await openCamera(video, { ...WISH, onStopped: cameraStopped }));
  } catch (error) {
    showProblem(error.kind);
    return;
  }
  makeReady("Put your face in the oval", "Then start. Follow what you read here.");
  root.querySelector("[data-do=record]").focus({ preventScroll: true });
}

function makeReady(words, more) {
  showState(root, "ready");
  showPrompt("hold", words, more);
  showFraction(0);
  find("stage").scrollIntoView({ block: "nearest" });
}

function showPrompt(code, words, more, part = "") {
  for (const picture of root.querySelectorAll("[data-picture]")) {
    picture.toggleAttribute("hidden", picture.dataset.picture !== code);
  }
  find("prompt").textContent = words;
  find("more").textContent = more;
  find("part").textContent = part;
}

function showFraction(fraction) {
  find("ring").style.strokeDashoffset = String(105 - 105 * fraction);
  find("bar").value = fraction;
}

function showStep(index) {
  const prompt = prompts[index];
  showLight(prompt.colour);
  if (prompt.colour && prompts[index - 1].colour) return; // one prompt for all colours: no reader repeats it
  const isAction = index > 0 && !prompt.colour;
  showPrompt(prompt.code, prompt.label, prompt.instruction, isAction ? `· ${index} of ${challenge.actions.length}` : "");
  showFraction(0);
  navigator.vibrate?.(60);
}

function showLight(colour) {
  find("light").hidden = !colour;
  find("light").dataset.colour = colour ?? "";
}

async function startRecording() {
  if (root.dataset.state !== "ready") return;
  if (!isInTime()) {
    expire();
    return;
  }
  prompts = promptsNow();
  showState(root, "recording");
  find("stage").scrollIntoView({ block: "start" });
  try {
    const recorded = await record(stream, prompts, { onPrompt: showStep, onTick: showFraction });
    take = { video: recorded, nonce: challenge.nonce, cameraLabel };
  } catch (error) {
    showLight(null);
    interrupted(error.why);
    return;
  }
  stopCamera();
  send();
}

function interrupted(why) {
  if (why === "hidden") makeReady("The recording stopped", "You left this page while it ran. Start again when you are ready.");
  else showProblem(why);
}

function cameraStopped() {
  if (root.dataset.state === "ready") showProblem("stopped");
}

function stopCamera() {
  showLight(null);
  closeCamera(video);
  stream = null;
}

function stop() {
  stopCamera();
  showState(root, "intro");
  root.querySelector("[data-do=start]").focus();
}

function showProblem(kind = "busy") {
  stopCamera();
  describeProblem(root, kind);
  showState(root, "problem");
  focusFirstHeading(root);
}

function expire() {
  stopCamera();
  showState(root, "expired");
  focusFirstHeading(root);
}

function fillIn(data) {
  const ending = take.video.type === "video/mp4" ? "mp4" : "webm";
  data.set("video", take.video, `liveness.${ending}`);
  data.set("nonce", take.nonce);
  data.set("source", "camera");
  data.set("camera_label", take.cameraLabel);
  return data;
}

function showSent(fraction) {
  find("sent").value = fraction;
  find("sending-words").textContent = fraction < 1 ? "Sending your video…" : "Received. One moment…";
}

async function send() {
  trouble.hide();
  showState(root, "sending");
  showSent(0);
  const answer = await sendForm(form, fillIn, showSent);
  if (answer.kind === "accepted") {
    window.location.assign(answer.body.next_url);
    return;
  }
  if (SPENT.has(answer.body.code)) {
    expire();
    return;
  }
  showState(root, answer.kind === "elsewhere" ? "elsewhere" : "refused");
  await trouble.show(answer);
}

async function resend() {
  await refreshForm(form);
  send();
}

async function bringBackKept() {
  const kept = await takeCapture(root.dataset.owner);
  if (!kept?.video) return;
  take = kept;
  find("kept-here").hidden = false;
  send();
}

const DEEDS = { start, stop, record: startRecording };
root.addEventListener("click", (event) => {
  const deed = event.target.closest("[data-do]")?.dataset.do;
  if (deed) DEEDS[deed]();
});
// A page that comes back out of the browser's own cache holds movements that may be spent.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
window.addEventListener("pagehide", stopCamera);
setInterval(() => {
  if (["intro", "ready"].includes(root.dataset.state) && !isInTime()) expire();
}, 1000);
wantsStillness.addEventListener("change", showLightNotice);
showLightNotice();
// Until here the button was off: a press before this script had loaded would have been lost.
root.querySelector("[data-do=start]").disabled = false;
bringBackKept();
