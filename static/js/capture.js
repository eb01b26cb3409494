// The page on which a side of the document is photographed or uploaded.
//
// intro → opening → camera → review → sending → (next page)
//            ↘ problem                ↖ trouble notice: send again, log in and continue, take another

import { closeCamera, describeProblem, openCamera } from "./camera.js";
import { HintBoard } from "./hints.js";
import { judgeFrame } from "./image_quality.js";
import { takeCapture } from "./kept_capture.js";
import { PreviewFrames } from "./preview_frames.js";
import { focusFirstHeading, showState } from "./states.js";
import { refreshForm, sendForm } from "./upload.js";
import { UploadTrouble } from "./upload_trouble.js";

const LOOK_EVERY_MS = 160;
const STEADY_MS = 1000; // this long a frame must stay good before the shutter releases by itself
const WISH = { facing: "environment", width: 2560, height: 1440 };

const HINTS = {
  too_dark: "Too dark. Find more light",
  no_document: "Fit the document into the frame",
  too_far: "Move closer",
  too_close: "Move back a little",
  glare: "Reflection. Tilt it or move away from the lamp",
  blurred: "Blurred. Hold still",
};

const ISSUES = {
  too_dark: "This photo looks too dark.",
  no_document: "We are not sure that the whole document is in this photo.",
  too_far: "The document looks small in this photo.",
  too_close: "A part of the document may be cut off.",
  glare: "There seems to be a reflection on the document.",
  blurred: "This photo looks blurred.",
};

const UNSEEN_WORDS = "cannot be shown by this browser, but it can be sent. We look at it then.";
const PDF_WORDS = {
  front: "is a PDF. Its first page counts as the front. We look at it when you send it.",
  back: "is a PDF. Its last page counts as the back. We look at it when you send it.",
};

// After a picture that cannot be used one starts anew; after a lost connection it is still there to be sent.
const STATE_AFTER = { elsewhere: "elsewhere", refused: "intro" };

const root = document.getElementById("capture");
const form = document.getElementById("capture-form");
const find = (name) => root.querySelector(`[data-${name}]`);
const video = find("preview");
const fileInput = form.elements.namedItem("image");
const frames = new PreviewFrames(video, find("stage"), find("guide"));
const hints = new HintBoard(find("hint"));
const trouble = new UploadTrouble(root, { retry: use, resend, redo: retake, capture: () => shot });

let shot = null; // {image: Blob, name, source, cameraLabel}: what is being reviewed or sent
let cameraLabel = "";
let timer = 0;
let goodSinceMs = null;
let isShooting = false;

async function start() {
  trouble.hide();
  showState(root, "opening");
  try {
    ({ label: cameraLabel } = await openCamera(video, { ...WISH, onStopped: () => showProblem("stopped") }));
  } catch (error) {
    showProblem(error.kind);
    return;
  }
  showCamera();
}

function showCamera() {
  showState(root, "camera");
  fitStage();
  root.querySelector("[data-do=shoot]").focus({ preventScroll: true });
  find("stage").scrollIntoView({ block: "nearest" });
  goodSinceMs = null;
  hints.clear();
  look();
}

// On a wide screen the stage takes the camera's own shape, so that nothing of a 16:9 picture is lost.
function fitStage() {
  const shape = video.videoWidth / video.videoHeight;
  if (shape >= 1) find("stage").style.aspectRatio = String(Math.min(shape, 16 / 9));
}

function stopCamera() {
  clearTimeout(timer);
  closeCamera(video);
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

function look() {
  clearTimeout(timer);
  if (root.dataset.state !== "camera") return;
  if (!document.hidden && video.videoWidth > 0) consider(performance.now());
  timer = setTimeout(look, LOOK_EVERY_MS);
}

function consider(nowMs) {
  const { view, detail } = frames.sample();
  const problem = judgeFrame(view, detail);
  const isAutomatic = find("automatic").checked;
  goodSinceMs = problem ? null : (goodSinceMs ?? nowMs);
  const goodForMs = goodSinceMs === null ? 0 : nowMs - goodSinceMs;
  find("guide").classList.toggle("guide--good", !problem);
  find("ring").style.strokeDashoffset = ringOffset(isAutomatic ? goodForMs / STEADY_MS : 0);
  const goodWords = isAutomatic ? "Good. Hold still" : "Good. Take the photo";
  hints.suggest(problem ? HINTS[problem] : goodWords, problem ? "hint" : "good", nowMs);
  if (isAutomatic && goodForMs >= STEADY_MS) shoot();
}

// The dash is 100 long; one more hides its round cap at the start.
function ringOffset(fraction) {
  return String(101 - 101 * Math.min(1, fraction));
}

async function shoot() {
  if (root.dataset.state !== "camera" || isShooting) return;
  isShooting = true;
  const { view, detail } = frames.sample();
  const problem = judgeFrame(view, detail);
  const image = await frames.photograph();
  isShooting = false;
  stopCamera();
  review({ image, name: `${root.dataset.side}.jpg`, source: "camera", cameraLabel }, problem);
}

function review(taken, problem = "") {
  shot = taken;
  trouble.hide();
  showState(root, "review");
  const photo = find("photo");
  URL.revokeObjectURL(photo.src);
  photo.src = URL.createObjectURL(shot.image);
  photo.hidden = false;
  find("photo-unseen").hidden = true;
  find("kept-here").hidden = true;
  find("issues").hidden = !problem;
  find("issues-words").textContent = problem ? `${ISSUES[problem]} You can retake it, or use it as it is.` : "";
  focusFirstHeading(root);
}

// HEIC is a picture most browsers cannot show, and a PDF is none; the server can read both.
function showUnseen() {
  find("photo").hidden = true;
  find("file-name").textContent = shot?.name ?? "";
  find("unseen-words").textContent = isPdf(shot) ? PDF_WORDS[root.dataset.side] : UNSEEN_WORDS;
  find("photo-unseen").hidden = false;
}

function isPdf(taken) {
  return taken?.image?.type === "application/pdf";
}

// What a file says of itself; some systems know no type for HEIC and say nothing.
function isOtherKind(file) {
  return file.type !== "" && !file.type.startsWith("image/") && file.type !== "application/pdf";
}

function retake() {
  const wasCamera = shot?.source === "camera";
  shot = null;
  fileInput.value = "";
  trouble.hide();
  if (wasCamera) start();
  else showState(root, "intro");
}

function fillIn(data) {
  data.set("image", shot.image, shot.name);
  data.set("source", shot.source);
  data.set("camera_label", shot.cameraLabel);
  return data;
}

function showSent(fraction) {
  find("sent").value = fraction;
  find("sending-words").textContent = fraction < 1 ? "Sending…" : "Looking at your photo…";
}

async function use() {
  trouble.hide();
  showState(root, "sending");
  showSent(0);
  const answer = await sendForm(form, fillIn, showSent);
  if (answer.kind === "accepted") {
    window.location.assign(answer.body.next_url);
    return;
  }
  showState(root, STATE_AFTER[answer.kind] ?? "review");
  await trouble.show(answer);
}

async function resend() {
  await refreshForm(form);
  use();
}

function chooseFile() {
  const [file] = fileInput.files;
  if (!file) return;
  stopCamera();
  const message = whyRefused(file);
  if (message) {
    shot = { source: "upload" };
    showState(root, "intro");
    trouble.show({ kind: "refused", body: { message } });
    return;
  }
  review({ image: file, name: file.name, source: "upload", cameraLabel: "" });
}

function whyRefused(file) {
  const megabytes = Number(root.dataset.maxMegabytes);
  if (file.size > megabytes * 1e6) {
    return `This file is larger than ${megabytes} MB. Choose a smaller one, or take a photo with the camera.`;
  }
  if (isOtherKind(file)) return `${file.name} is neither a photo nor a PDF. Choose a ${root.dataset.acceptedTypes} file.`;
  return "";
}

async function bringBackKept() {
  const kept = await takeCapture(root.dataset.owner);
  if (!kept?.image) return;
  review(kept);
  find("kept-here").hidden = false;
}

const DEEDS = { start, stop, shoot, use, retake };
root.addEventListener("click", (event) => {
  const deed = event.target.closest("[data-do]")?.dataset.do;
  if (deed) DEEDS[deed]();
});
find("photo").addEventListener("error", showUnseen);
fileInput.addEventListener("change", chooseFile);
window.addEventListener("pagehide", stopCamera);
// Until here the button was off: a press before this script had loaded would have been lost.
root.querySelector("[data-do=start]").disabled = false;
chooseFile(); // a file may have been chosen while the script was still loading
bringBackKept();
