// The blob -> arrays. Format: 4-byte length, JSON header, payload; see frames.py. Nothing is copied but numbers that need it.

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
  return { ...header, scene, panels, kept: Boolean(same) };
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
    const out = new Float32Array(flat.length); // 0..1 from the lower left corner
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
    retrained: Array.from({ length: entry.retrained.shape[0] }, (_, k) =>
      still(retrained.subarray(k * channels * cells, (k + 1) * channels * cells)),
    ),
  };
}

// Small pictures, one a point, as canvases.
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

// The models of a vote, each like a panel of its own.
function readMembers({ members: { shape }, step }, bytes) {
  const [count, keyframes, channels, cells] = shape;
  const length = keyframes * channels * cells;
  return Array.from({ length: count }, (_, k) => ({
    grids: bytes.subarray(k * length, (k + 1) * length), channels, step, size: Math.round(Math.sqrt(cells)),
  }));
}

// Where a panel stands: the step that a share of the way (0..1) means, and its place between keyframes.
const stepAt = (panel, progress) => panel.first + progress * (panel.last - panel.first);

function between(steps, value) {
  let k = 0;
  while (k < steps.length - 2 && value >= steps[k + 1]) k++;
  if (steps.length < 2) return [0, 0];
  const t = (value - steps[k]) / (steps[k + 1] - steps[k]);
  return [k, Math.min(1, Math.max(0, t))];
}

// Confidence of the true label at one training point, 0..1.
function confidenceAt(panel, point, progress) {
  const steps = panel.confidence_at.map((k) => panel.step[k]);
  const [k, t] = between(steps, stepAt(panel, progress));
  const at = (row) => panel.confidence[row * panel.points + point] / 255;
  return t ? at(k) + t * (at(k + 1) - at(k)) : at(k);
}
