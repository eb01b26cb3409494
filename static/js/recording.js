// Records a camera stream while a list of prompts is shown one after the other.

// VP8 first: cheap to encode on old phones, and read by every decoder.
const TYPES = ["video/webm;codecs=vp8", "video/webm", "video/mp4"];
const BITS_PER_SECOND = 2_500_000; // 640×480 stays free of blocks; ten seconds are about 3 MB
const CHUNK_MS = 500;
const TICK_MS = 50;

export class RecordingBroken extends Error {
  // why: "hidden" (the tab was left) | "unsupported" | "stopped" (the camera went away)
  constructor(why) {
    super(why);
    this.why = why;
  }
}

function bestType() {
  return TYPES.find((type) => window.MediaRecorder?.isTypeSupported(type));
}

export function canRecord() {
  return bestType() !== undefined;
}

/**
 * Record until all prompts have had their time.
 *
 * @param {MediaStream} stream
 * @param {{code: string, durationMs: number}[]} prompts
 * @param {(index: number) => void} onPrompt  called as prompt `index` begins
 * @param {(fraction: number) => void} onTick  how much of the present prompt's time is over, 0…1
 * @returns {Promise<Blob>}
 * @throws {RecordingBroken}
 */
export async function record(stream, prompts, { onPrompt, onTick }) {
  const mimeType = bestType();
  if (!mimeType) throw new RecordingBroken("unsupported");
  const recorder = new MediaRecorder(stream, { mimeType, videoBitsPerSecond: BITS_PER_SECOND });
  const chunks = [];
  recorder.addEventListener("dataavailable", (event) => chunks.push(event.data));
  await startOf(recorder);
  try {
    await play(stream, prompts, { onPrompt, onTick });
    await stopOf(recorder);
    return new Blob(chunks, { type: mimeType.split(";")[0] });
  } finally {
    if (recorder.state !== "inactive") recorder.stop();
  }
}

function startOf(recorder) {
  return new Promise((resolve) => {
    recorder.addEventListener("start", resolve, { once: true });
    recorder.start(CHUNK_MS);
  });
}

function stopOf(recorder) {
  return new Promise((resolve) => {
    recorder.addEventListener("stop", resolve, { once: true });
    recorder.stop();
  });
}

async function play(stream, prompts, { onPrompt, onTick }) {
  for (const [index, prompt] of prompts.entries()) {
    const beganMs = performance.now();
    onPrompt(index);
    await lastFor(stream, beganMs, prompt.durationMs, onTick);
  }
}

// A hidden tab gets no frames from many cameras, so a recording it interrupts is worth nothing.
function lastFor(stream, beganMs, durationMs, onTick) {
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      const fraction = (performance.now() - beganMs) / durationMs;
      const broken = whyBroken(stream);
      if (broken) {
        clearInterval(timer);
        reject(new RecordingBroken(broken));
      } else if (fraction >= 1) {
        clearInterval(timer);
        resolve();
      } else {
        onTick(fraction);
      }
    }, TICK_MS);
  });
}

function whyBroken(stream) {
  if (document.hidden) return "hidden";
  return stream.active ? null : "stopped";
}
