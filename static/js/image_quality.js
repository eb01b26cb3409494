// What can be said about a camera frame before it is sent: light, place, reflections, sharpness.
// Pure functions on grey values; the server judges again, with more care, what was sent.

/**
 * Limits below or above which a hint is given. Grey values are 0…255.
 *
 * The server's own limit of sharpness (variance of the Laplacian at 900 px, about 100) was set on documents;
 * here the document is 640 px wide and the limit lower, so that a hint never blocks what the server would take.
 */
export const LIMITS = Object.freeze({
  darkestMean: 55,
  glareLevel: 252,
  glareFraction: 0.035,
  sharpness: 70,
  lineStrength: 12,
  lineOverMedian: 2.5,
  bandFraction: 0.12,
  sidesNeeded: 3,
});

/** Grey values (BT.601 weights in 8 bits) of RGBA data. */
export function toGray(rgba) {
  const gray = new Uint8Array(rgba.length / 4);
  for (let i = 0, j = 0; j < gray.length; i += 4, j += 1) {
    gray[j] = (77 * rgba[i] + 150 * rgba[i + 1] + 29 * rgba[i + 2]) >> 8;
  }
  return gray;
}

/** Variance of the 4-neighbour Laplacian: 0 for a flat picture, hundreds for a sharp document. */
export function laplacianVariance(gray, width, height) {
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let i = y * width + 1, end = (y + 1) * width - 1; i < end; i += 1) {
      const value = gray[i - 1] + gray[i + 1] + gray[i - width] + gray[i + width] - 4 * gray[i];
      sum += value;
      squares += value * value;
    }
  }
  const count = (width - 2) * (height - 2);
  return squares / count - (sum / count) ** 2;
}

export function meanLevel(gray) {
  let sum = 0;
  for (const value of gray) sum += value;
  return sum / gray.length;
}

export function fractionAbove(gray, level) {
  let count = 0;
  for (const value of gray) if (value >= level) count += 1;
  return count / gray.length;
}

/**
 * How strongly the picture changes across each column (or row), averaged along the guide's middle part.
 *
 * @param {{length: number, from: number, to: number, at: (position: number, along: number) => number}} axis
 */
function profile(axis) {
  const strengths = new Float32Array(axis.length);
  for (let position = 1; position < axis.length - 1; position += 1) {
    let sum = 0;
    for (let along = axis.from; along < axis.to; along += 1) {
      sum += Math.abs(axis.at(position + 1, along) - axis.at(position - 1, along));
    }
    strengths[position] = sum / (axis.to - axis.from);
  }
  return strengths;
}

function median(values) {
  return Float32Array.from(values).sort()[values.length >> 1];
}

function strongest(strengths, from, to) {
  let best = 0;
  for (let i = Math.max(0, Math.round(from)); i < Math.min(strengths.length, Math.round(to)); i += 1) {
    if (strengths[i] > best) best = strengths[i];
  }
  return best;
}

/**
 * Where the document's outline lies on one axis relative to the guide's two borders.
 *
 * A line counts when it clearly stands out from the picture's own texture. A slightly tilted document still
 * gives a line, because the axis is looked at in four short pieces and half of them suffice.
 *
 * @returns {{aligned: number, isInside: boolean, isOutside: boolean}} aligned: 0, 1 or 2 borders
 */
function lookAlong(axis, low, high) {
  const band = LIMITS.bandFraction * (high - low);
  const pieces = fourPieces(axis).map(profile);
  const has = (from, to) => pieces.filter((piece) => isLine(piece, from, to)).length >= 2;
  return {
    aligned: Number(has(low - band, low + band)) + Number(has(high - band, high + band)),
    isInside: has(low + band, high - band),
    isOutside: has(0, low - band) || has(high + band, axis.length),
  };
}

function fourPieces(axis) {
  const step = (axis.to - axis.from) / 4;
  return [0, 1, 2, 3].map((n) => ({
    ...axis,
    from: Math.round(axis.from + n * step),
    to: Math.round(axis.from + (n + 1) * step),
  }));
}

function isLine(strengths, from, to) {
  const floor = Math.max(LIMITS.lineStrength, LIMITS.lineOverMedian * median(strengths));
  return strongest(strengths, from, to) > floor;
}

/**
 * @param {Uint8Array} gray  the whole preview, width × height
 * @param {{left: number, top: number, width: number, height: number}} guide  in pixels of `gray`
 * @returns {"" | "no_document" | "too_far" | "too_close"}
 */
export function judgePlace(gray, width, height, guide) {
  const right = guide.left + guide.width;
  const bottom = guide.top + guide.height;
  const across = lookAlong(
    {
      length: width,
      from: Math.round(guide.top + guide.height * 0.15),
      to: Math.round(bottom - guide.height * 0.15),
      at: (x, y) => gray[y * width + x],
    },
    guide.left,
    right,
  );
  const down = lookAlong(
    {
      length: height,
      from: Math.round(guide.left + guide.width * 0.15),
      to: Math.round(right - guide.width * 0.15),
      at: (y, x) => gray[y * width + x],
    },
    guide.top,
    bottom,
  );
  if (across.aligned + down.aligned >= LIMITS.sidesNeeded) return "";
  if (across.isOutside && down.isOutside) return "too_close";
  if (across.isInside && down.isInside) return "too_far";
  return "no_document";
}

/** Crop `guide` out of `gray`. */
export function crop(gray, width, guide) {
  const [left, top] = [Math.round(guide.left), Math.round(guide.top)];
  const [wide, high] = [Math.round(guide.width), Math.round(guide.height)];
  const part = new Uint8Array(wide * high);
  for (let y = 0; y < high; y += 1) {
    part.set(gray.subarray((top + y) * width + left, (top + y) * width + left + wide), y * wide);
  }
  return part;
}

/**
 * The one thing to put right first, or "" for a good frame.
 *
 * @param {{gray: Uint8Array, width: number, height: number, guide: object}} view  the preview, about 320 px wide
 * @param {{gray: Uint8Array, width: number, height: number}} detail  what is inside the guide, 640 px wide
 */
export function judgeFrame(view, detail) {
  const inside = crop(view.gray, view.width, view.guide);
  if (meanLevel(inside) < LIMITS.darkestMean) return "too_dark";
  const place = judgePlace(view.gray, view.width, view.height, view.guide);
  if (place) return place;
  if (fractionAbove(inside, LIMITS.glareLevel) > LIMITS.glareFraction) return "glare";
  if (laplacianVariance(detail.gray, detail.width, detail.height) < LIMITS.sharpness) return "blurred";
  return "";
}
