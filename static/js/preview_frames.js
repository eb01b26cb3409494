// Pictures out of the camera preview exactly as the person sees it: what the stage hides is not taken.

import { toGray } from "./image_quality.js";

const VIEW_WIDTH_PX = 320;
const DETAIL_WIDTH_PX = 640;

/** The part of the video that `object-fit: cover` shows, in pixels of the video. */
export function visiblePart(videoWidth, videoHeight, stageWidth, stageHeight) {
  const scale = Math.max(stageWidth / videoWidth, stageHeight / videoHeight);
  const width = stageWidth / scale;
  const height = stageHeight / scale;
  return { left: (videoWidth - width) / 2, top: (videoHeight - height) / 2, width, height };
}

export class PreviewFrames {
  constructor(video, stage, guide) {
    this.video = video;
    this.stage = stage;
    this.guide = guide;
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
  }

  shown() {
    const { width, height } = this.stage.getBoundingClientRect();
    return visiblePart(this.video.videoWidth, this.video.videoHeight, width, height);
  }

  // The guide as fractions of the stage.
  guideFractions() {
    const stage = this.stage.getBoundingClientRect();
    const guide = this.guide.getBoundingClientRect();
    return {
      left: (guide.left - stage.left) / stage.width,
      top: (guide.top - stage.top) / stage.height,
      width: guide.width / stage.width,
      height: guide.height / stage.height,
    };
  }

  gray(part, width) {
    const height = Math.round((width * part.height) / part.width);
    this.canvas.width = width;
    this.canvas.height = height;
    this.context.drawImage(this.video, part.left, part.top, part.width, part.height, 0, 0, width, height);
    return { gray: toGray(this.context.getImageData(0, 0, width, height).data), width, height };
  }

  /** Grey pictures for judgeFrame(): the whole preview with the guide in it, and the guide's inside. */
  sample() {
    const part = this.shown();
    const guide = this.guideFractions();
    const view = this.gray(part, VIEW_WIDTH_PX);
    view.guide = {
      left: guide.left * view.width,
      top: guide.top * view.height,
      width: guide.width * view.width,
      height: guide.height * view.height,
    };
    const inside = {
      left: part.left + guide.left * part.width,
      top: part.top + guide.top * part.height,
      width: guide.width * part.width,
      height: guide.height * part.height,
    };
    return { view, detail: this.gray(inside, DETAIL_WIDTH_PX) };
  }

  /** The preview in the camera's full resolution as a JPEG. */
  photograph() {
    const part = this.shown();
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(part.width);
    canvas.height = Math.round(part.height);
    const context = canvas.getContext("2d");
    context.drawImage(this.video, part.left, part.top, part.width, part.height, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => {
      canvas.toBlob(resolve, "image/jpeg", 0.92);
    });
  }
}
