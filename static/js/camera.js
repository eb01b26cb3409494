// Opening and closing the camera, and saying in one word why it could not be opened.

export class CameraProblem extends Error {
  // kind: "denied" | "absent" | "busy" | "unsupported" | "stopped"
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

// https://developer.mozilla.org/docs/Web/API/MediaDevices/getUserMedia#exceptions
const KIND_OF_ERROR = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "absent",
  OverconstrainedError: "absent",
  NotReadableError: "busy",
  AbortError: "busy",
  TypeError: "unsupported",
};

/**
 * Open the camera and play it in `video`.
 *
 * @param {HTMLVideoElement} video
 * @param {{facing: "environment"|"user", width: number, height: number, onStopped: () => void}} wish
 *   width and height are what we would like, in pixels; the camera may give less.
 * @returns {Promise<{stream: MediaStream, label: string}>} label: the camera's own name, may be ""
 * @throws {CameraProblem}
 */
export async function openCamera(video, { facing, width, height, onStopped }) {
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraProblem("unsupported");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: facing }, width: { ideal: width }, height: { ideal: height } },
    });
  } catch (error) {
    throw new CameraProblem(KIND_OF_ERROR[error.name] ?? "busy");
  }
  const [track] = stream.getVideoTracks();
  track.addEventListener("ended", onStopped);
  video.srcObject = stream;
  await video.play().catch(() => {}); // refused by power saving; the first frame is waited for below
  await firstFrame(video);
  return { stream, label: track.label };
}

export function closeCamera(video) {
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.srcObject = null;
}

function firstFrame(video) {
  if (video.videoWidth > 0) return Promise.resolve();
  return new Promise((resolve) => {
    video.addEventListener("loadeddata", resolve, { once: true });
  });
}

/** Which of the instructions in camera_trouble.html fits this browser. */
export function browserName(userAgent = navigator.userAgent) {
  if (/iPhone|iPad/.test(userAgent)) return "ios-safari";
  if (/Firefox/.test(userAgent)) return "firefox";
  if (/Android/.test(userAgent)) return "android-chrome";
  if (/Chrome|Chromium|Edg/.test(userAgent)) return "chromium";
  return "mac-safari";
}

/** Show the one problem in `root`, with the help for this browser opened. */
export function describeProblem(root, kind) {
  for (const part of root.querySelectorAll("[data-problem]")) part.hidden = part.dataset.problem !== kind;
  for (const part of root.querySelectorAll("[data-problem-help]")) part.hidden = part.dataset.problemHelp !== kind;
  for (const part of root.querySelectorAll("[data-browser]")) part.open = part.dataset.browser === browserName();
}
