// What can be said about a camera frame before it is sent: light, place, reflections, sharpness.
// Pure functions on grey values; the server judges again, with more care, what was sent.

/**
 * Limits below or above which a hint is given. Grey values are 0…255.
 *
 * Set on rendered specimens (card and passport page, three tables, VGA to 720p) shown through Chromium's fake
 * camera: sharp 578–1754, blurred by 3 px 29; mean grey 168–212, with a quarter of the light 31; largest burnt spot
 * 0–0.03, with a lamp on the document 0.22. Kept looser than the server's, so that a hint never talks people out of
 * a photo the server would take.
 */
export const LIMITS = Object.freeze({
  darkestMean: 55,
  burntLevel: 250,
  burntSpot: 0.06,
  blockPx: 6,
  sharpness: 70,
  lineStrength: 12,
  lineOverMedian: 2.5,
  bandFraction: 0.12,
  bandOverOutside: 0.8,
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

/**
 * Share of the picture that the largest burnt-out spot covers, 0…1.
 *
 * A spot is made of touching blocks in which every pixel is white. White paper in good light burns out too, but
 * print interrupts it everywhere; a lamp's reflection wipes the print out.
 */
export function largestBurntSpot(gray, width, height) {
  const columns = Math.floor(width / LIMITS.blockPx);
  const rows = Math.floor(height / LIMITS.blockPx);
  const isBurnt = burntBlocks(gray, width, columns, rows);
  let largest = 0;
  for (let start = 0; start < isBurnt.length; start += 1) {
    if (isBurnt[start]) largest = Math.max(largest, eatSpot(isBurnt, columns, start));
  }
  return largest / isBurnt.length;
}

function burntBlocks(gray, width, columns, rows) {
  const isBurnt = new Uint8Array(columns * rows).fill(1);
  for (let y = 0; y < rows * LIMITS.blockPx; y += 1) {
    for (let x = 0; x < columns * LIMITS.blockPx; x += 1) {
      if (gray[y * width + x] >= LIMITS.burntLevel) continue;
      isBurnt[Math.floor(y / LIMITS.blockPx) * columns + Math.floor(x / LIMITS.blockPx)] = 0;
    }
  }
  return isBurnt;
}

// Number of blocks in the spot that holds `start`; they are cleared, so that they are counted once.
function eatSpot(isBurnt, columns, start) {
  const open = [start];
  isBurnt[start] = 0;
  let count = 0;
  while (open.length > 0) {
    const block = open.pop();
    count += 1;
    for (const next of neighbours(block, columns, isBurnt.length)) {
      if (!isBurnt[next]) continue;
      isBurnt[next] = 0;
      open.push(next);
    }
  }
  return count;
}

function neighbours(block, columns, length) {
  const found = [];
  if (block % columns > 0) found.push(block - 1);
  if (block % columns < columns - 1) found.push(block + 1);
  if (block >= columns) found.push(block - columns);
  if (block + columns < length) found.push(block + columns);
  return found;
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
 * A border counts as met only when nothing much stronger lies outside it: of a document held too close, lines of
 * print fall on the borders too, but its own edge is the stronger line.
 *
 * @returns {{met: number, isInside: boolean, isOutside: boolean}} met: 0, 1 or 2 borders; isOutside: on both sides
 */
function lookAlong(axis, low, high) {
  const band = LIMITS.bandFraction * (high - low);
  const pieces = fourPieces(axis).map(profile);
  const line = (from, to) => lineStrength(pieces, from, to);
  const outside = [line(0, low - band), line(high + band, axis.length)];
  const borders = [line(low - band, low + band), line(high - band, high + band)];
  return {
    met: borders.filter((strength, side) => strength > 0 && strength >= LIMITS.bandOverOutside * outside[side]).length,
    isInside: line(low + band, high - band) > 0,
    isOutside: outside.every((strength) => strength > 0),
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

// How strong the line is that at least half of the pieces have between two positions; 0 where there is none.
function lineStrength(pieces, from, to) {
  const found = pieces.map((piece) => {
    const strength = strongest(piece, from, to);
    const floor = Math.max(LIMITS.lineStrength, LIMITS.lineOverMedian * median(piece));
    return strength > floor ? strength : 0;
  });
  return found.sort((a, b) => b - a)[1];
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
  if (across.met + down.met >= LIMITS.sidesNeeded) return "";
  if (across.isOutside || down.isOutside) return "too_close";
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
  if (largestBurntSpot(inside, Math.round(view.guide.width), Math.round(view.guide.height)) > LIMITS.burntSpot) {
    return "glare";
  }
  if (laplacianVariance(detail.gray, detail.width, detail.height) < LIMITS.sharpness) return "blurred";
  return "";
}
