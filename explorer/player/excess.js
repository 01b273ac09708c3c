// Entropy excess (the Streisand map): how much less sure the panel's model is than the retrained models are on average,
//   H(model) - mean over retrained of H(retrained), in nats; below 0 it is surer than they are.

const EXCESS_END = Math.LN2; // nats at either end of the colours, the same in every picture; beyond, the end's colour
const EXCESS_STEPS = 128; // colours on each side of the neutral one

// Entropy by level of a margin, as `paint` looks it up.
const NATS = Float32Array.from({ length: 1024 }, (_, i) => {
  const p = 1 / (1 + Math.exp((-(i / 4 - 128) * CLIP) / 127));
  return p > 0 && p < 1 ? -p * Math.log(p) - (1 - p) * Math.log(1 - p) : 0;
});

// Entropy at sample i of a field, in nats.
function entropyAt(field, i) {
  const { up, classes, channels, width } = field;
  if (channels === 1) return NATS[((up[i] + 128) * 4) | 0];
  const area = width * width;
  const best = up[classes[i] * area + i];
  let sum = 0;
  let spread = 0;
  for (let at = i, c = 0; c < channels; c++, at += area) {
    const below = best - up[at];
    const e = EXP[below | 0];
    sum += e;
    spread += e * below;
  }
  return Math.log(sum) + (spread * CLIP) / 255 / sum;
}

// Mean entropy of the retrained models at each sample.
function meanEntropy(scene, factor) {
  const field = new Field(scene.original, factor);
  const mean = new Float32Array(field.width * field.width);
  for (const model of scene.retrained) {
    field.panel = model;
    field.stand = null;
    field.move(0);
    for (let i = 0; i < mean.length; i++) mean[i] += entropyAt(field, i) / scene.retrained.length;
  }
  return mean;
}

// Paint one row of samples, from sample i to pixels p .. end.
function paintExcess(field, pixels, i, p, end, colours, mean) {
  const scale = EXCESS_STEPS / EXCESS_END;
  const middle = EXCESS_STEPS + 0.5; // and a half, for the bits are cut off
  if (field.channels === 1) {
    const { up } = field; // two models of two classes are never further apart than the ends
    for (; p < end; p++, i++) pixels[p] = colours[((NATS[((up[i] + 128) * 4) | 0] - mean[i]) * scale + middle) | 0];
    return;
  }
  const last = 2 * EXCESS_STEPS;
  for (; p < end; p++, i++) {
    const place = ((entropyAt(field, i) - mean[i]) * scale + middle) | 0;
    pixels[p] = colours[place < 0 ? 0 : place > last ? last : place];
  }
}

// Colours from surer over as sure to less sure, a little fuller than in proportion, so that a tenth of a nat shows.
function excessColours(ground, surer, unsure) {
  return Uint32Array.from({ length: 2 * EXCESS_STEPS + 1 }, (_, i) => {
    const share = (i - EXCESS_STEPS) / EXCESS_STEPS;
    return pack32(mix(ground, share < 0 ? surer : unsure, Math.abs(share) ** 0.7));
  });
}

// Mean excess at the points to forget, where the field stands.
function excessAtForget(field, mean, scene) {
  const { size, width } = field;
  const cell = (share) => 1 + Math.min(size - 1, Math.max(0, Math.floor(share * size)));
  let sum = 0;
  for (const row of scene.forget) {
    const i = cell(scene.at[2 * row + 1]) * width + cell(scene.at[2 * row]);
    sum += entropyAt(field, i) - mean[i];
  }
  return sum / scene.forget.length;
}

// Excess of a panel on the grid that was sent, row by row from the bottom; for tests.
function excessOf(panel, scene, progress) {
  const field = new Field(panel, 1);
  field.move(stepAt(panel, progress));
  const mean = meanEntropy(scene, 1);
  const { size, width } = field;
  return Float32Array.from({ length: size * size }, (_, k) => {
    const i = (Math.floor(k / size) + 1) * width + (k % size) + 1;
    return entropyAt(field, i) - mean[i];
  });
}
