// Read the blob: 4 bytes with the length of the header, the JSON header, the payload; frames.py says more. Arrays of bytes
// are views into the blob; only wider numbers are copied, because they must be aligned.

// Return the header with its scene and panels as arrays. Those that `previous`, the header before, has already are reused.
function decode(bytes, previous) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 4 + view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, start)));
  const read = ({ at, shape, type }) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const from = start + at;
    if (type === "u1") return bytes.subarray(from, from + count);
    const copy = bytes.slice(from, from + 4 * count).buffer;
    return type === "f4" ? new Float32Array(copy) : new Uint32Array(copy);
  };
  const same = previous && previous.scene.id === header.scene.id && previous.size === header.size;
  const scene = same ? previous.scene : readScene(header, read);
  const old = new Map(same ? previous.panels.map((panel) => [panel.id, panel]) : []);
  const panels = header.panels.map((entry) => old.get(entry.id) || readPanel(entry, header, read));
  return { ...header, scene, panels };
}

function readScene(header, read) {
  const entry = header.scene;
  const cells = header.size * header.size;
  const channels = entry.original.shape[0];
  const retrained = read(entry.retrained);
  const forget = read(entry.forget);
  const isForget = new Uint8Array(header.points);
  for (const row of forget) isForget[row] = 1;
  const [low, high] = [header.plane.low, header.plane.high];
  const unit = (flat) => {
    const out = new Float32Array(flat.length); // places in the unit square, from its lower left corner
    for (let i = 0; i < flat.length; i += 2) {
      out[i] = (flat[i] - low[0]) / (high[0] - low[0]);
      out[i + 1] = (flat[i + 1] - low[1]) / (high[1] - low[1]);
    }
    return out;
  };
  const still = (grids) => ({ grids, channels, step: [0], size: header.size });
  return {
    id: entry.id,
    low,
    high,
    unit,
    channels,
    classes: header.names.length,
    x: read(entry.x),
    at: unit(read(entry.x)),
    y: read(entry.y),
    forget,
    isForget,
    afterAt: unit(read(entry.after_x)),
    afterY: read(entry.after_y),
    right: entry.right ? read(entry.right) : null,
    images: entry.images ? readImages(entry.images.shape, read(entry.images)) : null,
    original: still(read(entry.original)),
    paired: still(read(entry.paired)),
    moving: entry.moving ? { ...still(read(entry.moving)), step: Array.from({ length: entry.moving.shape[0] }, (_, k) => k) } : null,
    asked: entry.asked ? read(entry.asked) : null,
    retrained: Array.from({ length: entry.retrained.shape[0] }, (_, k) =>
      still(retrained.subarray(k * channels * cells, (k + 1) * channels * cells)),
    ),
  };
}

// Return one canvas for each point that has a small picture.
function readImages([count, height, width], bytes) {
  return Array.from({ length: count }, (_, k) => {
    const image = new ImageData(width, height);
    for (let p = 0, from = 3 * k * width * height; p < width * height; p++, from += 3) {
      image.data.set(bytes.subarray(from, from + 3), 4 * p);
      image.data[4 * p + 3] = 255;
    }
    const canvas = canvasOf(width, height);
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  });
}

function readPanel(entry, header, read) {
  return {
    ...entry,
    size: header.size,
    channels: entry.grids.shape[1],
    grids: read(entry.grids),
    members: entry.members ? readMembers(entry, read(entry.members)) : [],
    confidence: read(entry.confidence),
    points: header.points,
    first: entry.step[0],
    last: entry.step[entry.step.length - 1],
  };
}

// Return the models that vote, each like a panel of its own.
function readMembers({ members: { shape }, step }, bytes) {
  const [count, keyframes, channels, cells] = shape;
  const length = keyframes * channels * cells;
  return Array.from({ length: count }, (_, k) => ({
    grids: bytes.subarray(k * length, (k + 1) * length), channels, step, size: Math.round(Math.sqrt(cells)),
  }));
}

// The step of a panel at a progress in [0, 1].
const stepAt = (panel, progress) => panel.first + progress * (panel.last - panel.first);

// Return [k, t]: the keyframe at or before a step, and the share of the way from it to the next, in [0, 1].
function between(steps, value) {
  let k = 0;
  while (k < steps.length - 2 && value >= steps[k + 1]) k++;
  if (steps.length < 2) return [0, 0];
  const t = (value - steps[k]) / (steps[k + 1] - steps[k]);
  return [k, Math.min(1, Math.max(0, t))];
}

// Confidence in the label of a training point, in [0, 1]; linear between the keyframes for which it was sent.
function confidenceAt(panel, point, progress) {
  const steps = panel.confidence_at.map((k) => panel.step[k]);
  const [k, t] = between(steps, stepAt(panel, progress));
  const at = (row) => panel.confidence[row * panel.points + point] / 255;
  return t ? at(k) + t * (at(k + 1) - at(k)) : at(k);
}
