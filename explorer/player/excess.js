// Entropy excess (the Streisand map), in nats:
//   H(panel's model) - mean over the retrained models of H(retrained model)
// Above 0 the model is less sure than they are on average, below 0 it is surer.

const EXCESS_END = Math.LN2; // nats at either end of the scale, the same in every picture; larger values get the end's colour
const EXCESS_STEPS = 128; // colours on each side of the neutral one

// NATS[i] is the entropy, in nats, at level i / 4 of a margin; `paint` looks it up.
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
  const middle = EXCESS_STEPS + 0.5; // .5, because `| 0` cuts off
  if (field.channels === 1) {
    const { up } = field; // two entropies of two classes differ by ln 2 at most
    for (; p < end; p++, i++) pixels[p] = colours[((NATS[((up[i] + 128) * 4) | 0] - mean[i]) * scale + middle) | 0];
    return;
  }
  const last = 2 * EXCESS_STEPS;
  for (; p < end; p++, i++) {
    const place = ((entropyAt(field, i) - mean[i]) * scale + middle) | 0;
    pixels[p] = colours[place < 0 ? 0 : place > last ? last : place];
  }
}

// Colours from surer over as sure (the ground) to less sure. The power .7 makes a difference of a tenth of a nat visible.
function excessColours(ground, surer, unsure) {
  return Uint32Array.from({ length: 2 * EXCESS_STEPS + 1 }, (_, i) => {
    const share = (i - EXCESS_STEPS) / EXCESS_STEPS;
    return pack32(mix(ground, share < 0 ? surer : unsure, Math.abs(share) ** 0.7));
  });
}

// Mean excess at the points to forget, at the step where the field stands.
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

// For tests: the excess of a panel on the grid that was sent, row by row from the bottom.
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
