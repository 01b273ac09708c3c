// Class scores of a model at any moment and place: linear in time between keyframes, bilinear in space between the centres
// of cells. Scores are the levels of frames.py; of two classes a Field keeps level - 128, so that the sign says the class.

const CLIP = 8;
const EXP = Float32Array.from({ length: 257 }, (_, i) => Math.exp((-i * CLIP) / 255));

class Field {
  // factor: samples a grid cell, along each axis. One more sample lies on each edge of the plane, so that lines reach it.
  constructor(panel, factor) {
    const g = panel.size;
    this.panel = panel;
    this.size = g * factor;
    this.width = this.size + 2;
    this.channels = panel.channels;
    this.raw = new Float32Array(panel.channels * g * g);
    this.rows = new Float32Array(g * this.width);
    this.up = new Float32Array(panel.channels * this.width * this.width);
    this.classes = new Uint8Array(this.width * this.width);
    this.gap = this.channels > 1 ? new Float32Array(this.width * this.width) : this.up;
    this.index = new Int32Array(this.width);
    this.weight = new Float32Array(this.width);
    this.place = new Float32Array(this.width);
    for (let j = 0; j < this.width; j++) {
      const u = Math.min(1, Math.max(0, (j - 0.5) / this.size));
      const c = Math.min(g - 1, Math.max(0, u * g - 0.5));
      this.place[j] = u;
      this.index[j] = Math.min(g - 2, Math.floor(c));
      this.weight[j] = c - this.index[j];
    }
    this.stand = null;
  }

  // Move to a step; returns false if the field stands there already.
  move(step) {
    const [k, t] = between(this.panel.step, step);
    if (this.stand === k + t) return false;
    this.stand = k + t;
    blend(this.panel, k, t, this.raw);
    for (let c = 0; c < this.channels; c++) this.spread(c);
    if (this.channels > 1) this.decide();
    else for (let i = 0; i < this.up.length; i++) this.classes[i] = this.up[i] > 0 ? 1 : 0;
    return true;
  }

  spread(channel) {
    const { raw, rows, up, index, weight, width } = this;
    const g = this.panel.size;
    const from = channel * g * g;
    const to = channel * width * width;
    for (let r = 0; r < g; r++) {
      for (let j = 0; j < width; j++) {
        const i = from + r * g + index[j];
        rows[r * width + j] = raw[i] + weight[j] * (raw[i + 1] - raw[i]);
      }
    }
    for (let r = 0; r < width; r++) {
      const a = index[r] * width;
      const b = a + width;
      const t = weight[r];
      const out = to + r * width;
      for (let j = 0; j < width; j++) up[out + j] = rows[a + j] + t * (rows[b + j] - rows[a + j]);
    }
  }

  // Find the class with the highest score at each sample, and its lead over the second.
  decide() {
    const { up, classes, gap, channels } = this;
    const area = classes.length;
    for (let i = 0; i < area; i++) {
      let best = up[i];
      let second = -1;
      let winner = 0;
      for (let c = 1, at = area + i; c < channels; c++, at += area) {
        const v = up[at];
        if (v > best) {
          second = best;
          best = v;
          winner = c;
        } else if (v > second) second = v;
      }
      classes[i] = winner;
      gap[i] = best - second;
    }
  }

  // Class at a place of the unit square, at the step where the field stands.
  classAt(u, v) {
    return classOf(this.panel, this.raw, u, v);
  }
}

// Write the levels at a share t of the way from keyframe k to the next into `out`.
function blend(panel, k, t, out) {
  const length = out.length;
  const a = panel.grids.subarray(k * length, (k + 1) * length);
  const zero = panel.channels === 1 ? 128 : 0;
  const gain = panel.gain || 1;
  if (t === 0) {
    for (let i = 0; i < length; i++) out[i] = (a[i] - zero) / gain;
    return;
  }
  const b = panel.grids.subarray((k + 1) * length, (k + 2) * length);
  for (let i = 0; i < length; i++) out[i] = (a[i] + t * (b[i] - a[i]) - zero) / gain;
}

function classOf(panel, raw, u, v) {
  const g = panel.size;
  const x = Math.min(g - 1, Math.max(0, u * g - 0.5));
  const y = Math.min(g - 1, Math.max(0, v * g - 0.5));
  const i = Math.min(g - 2, Math.floor(x));
  const j = Math.min(g - 2, Math.floor(y));
  const [s, t] = [x - i, y - j];
  let winner = 0;
  let best = -Infinity;
  for (let c = 0; c < panel.channels; c++) {
    const at = c * g * g + j * g + i;
    const low = raw[at] + s * (raw[at + 1] - raw[at]);
    const high = raw[at + g] + s * (raw[at + g + 1] - raw[at + g]);
    const value = low + t * (high - low);
    if (panel.channels === 1) return value > 0 ? 1 : 0;
    if (value > best) [best, winner] = [value, c];
  }
  return winner;
}

// Count the retrained models that give each class at each sample, and find the class that most of them give.
function vote(scene, factor) {
  const field = new Field(scene.original, factor);
  const area = field.width * field.width;
  const count = new Uint8Array((scene.classes + 1) * area);
  for (const model of scene.retrained) {
    field.panel = model;
    field.stand = null;
    field.move(0);
    for (let i = 0; i < area; i++) count[field.classes[i] * area + i]++;
  }
  const most = new Uint8Array(area);
  for (let i = 0; i < area; i++)
    for (let c = 1; c < scene.classes; c++) if (count[c * area + i] > count[most[i] * area + i]) most[i] = c;
  return { count, most, models: scene.retrained.length, area };
}

// The slope at the dark end of the layer "slope": somewhat above the 97th percentile of the original model's, a heuristic.
function steepest(scene) {
  const field = new Field(scene.original, 1);
  field.move(0);
  const slopes = [];
  const { size, width } = field;
  for (let r = 1; r < size; r += 2) for (let j = 1; j < size; j += 2) slopes.push(slopeOf(field, scene, r * width + j));
  slopes.sort((a, b) => a - b);
  return Math.max(1e-6, 1.25 * slopes[Math.floor(0.97 * (slopes.length - 1))]);
}

// |d margin / dx| at sample i, in logits for each unit of the data, by central differences.
function slopeOf(field, scene, i) {
  const { gap, size, width } = field;
  const scale = (field.channels > 1 ? CLIP / 255 : CLIP / 127) * size * 0.5;
  const dx = ((gap[i + 1] - gap[i - 1]) * scale) / (scene.high[0] - scene.low[0]);
  const dy = ((gap[i + width] - gap[i - width]) * scale) / (scene.high[1] - scene.low[1]);
  return Math.hypot(dx, dy);
}

// Steps of confidence in the table of colours, for each class.
const BINS = 64;

// Paint the samples of a field into pixels, top row first. look: {fill: name of the layer, tables: colours by level, scene,
// steepest: slope at the end of the scale, mean: mean entropy of the retrained models}.
function paint(field, pixels, look) {
  const { up, classes, size, width, channels } = field;
  const area = width * width;
  const { fill, tables } = look;
  for (let r = 0; r < size; r++) {
    let i = (r + 1) * width + 1;
    let p = (size - 1 - r) * size;
    if (fill === "slope") {
      const scale = 255 / look.steepest;
      for (const end = p + size; p < end; p++, i++)
        pixels[p] = tables.ramp[Math.min(255, (slopeOf(field, look.scene, i) * scale) | 0)];
    } else if (fill === "excess") {
      paintExcess(field, pixels, i, p, p + size, tables.excess, look.mean);
    } else if (fill === "entropy" && channels > 1) {
      const scale = 255 / tables.nats;
      for (const end = p + size; p < end; p++, i++)
        pixels[p] = tables.ramp[Math.min(255, (entropyAt(field, i) * scale) | 0)];
    } else if (channels === 1) {
      const table = fill === "entropy" ? tables.entropy : tables.margin;
      for (const end = p + size; p < end; p++, i++) pixels[p] = table[((up[i] + 128) * 4) | 0];
    } else {
      for (const end = p + size; p < end; p++, i++) {
        const best = up[classes[i] * area + i];
        let sum = 0;
        for (let c = 0; c < channels; c++) sum += EXP[(best - up[c * area + i]) | 0];
        pixels[p] = tables.scores[classes[i] * BINS + (((BINS - 1) / sum) | 0)];
      }
    }
  }
}
