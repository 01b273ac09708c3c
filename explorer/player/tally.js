// What a class has guessed, over the picture: lines and points as heat maps, numbers as a histogram.
// header.overlay.marks says it; `frames.py` has its fields.

// How strong a colour is for a count: the most are full; one line alone can be seen. Points fade evenly to nothing.
const strengthOf = (count, { most, even }) => (count ? (even ? 0 : 0.22) + (even ? 0.85 : 0.63) * (count / Math.max(1, most)) : 0);

function drawTally(state, view, { heat, votes }) {
  if (heat) drawHeat(state, view, heat);
  if (votes) drawVotes(state, view, votes);
}

// Lines of a class: each cell by how many run over it; through them the true line.
function drawHeat(state, view, heat) {
  const { context: c, look, progress } = state;
  const { panel, box } = view;
  c.imageSmoothingEnabled = true;
  c.drawImage(heatOf(heat, look.accent), box.x, box.y, box.w, box.h);
  if (heat.panel !== panel.name || progress >= 1) return; // at its end the panel's own line is the true one
  const truth = (view.truth = view.truth || { field: new Field(panel, 2), lines: null });
  if (!truth.lines) {
    truth.field.move(panel.last);
    truth.lines = new Lines(truth.field.width).trace(truth.field);
  }
  c.beginPath();
  truth.lines.path(c, box);
  lift(c, look, look.ink, look.stroke * 0.9, [1, 1.4], 0.85);
}

// A small canvas with one pixel a cell, made once for a colour.
function heatOf(heat, colour) {
  if (heat.colour === colour) return heat.canvas;
  const { cells, size } = heat;
  const image = new ImageData(size, size);
  const pixels = new Uint32Array(image.data.buffer);
  const ink = pack32(rgb(colour)) & 0xffffff;
  cells.forEach((count, cell) => {
    const row = size - 1 - Math.floor(cell / size);
    pixels[row * size + (cell % size)] = ((Math.round(255 * strengthOf(count, heat)) << 24) | ink) >>> 0;
  });
  const canvas = canvasOf(size, size);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return Object.assign(heat, { colour, canvas }).canvas;
}

// Points that a class chose: each cell by how many chose the points around it; around those of the truth a ring.
function drawVotes(state, { box }, votes) {
  const { context: c, scene, look, radius } = state;
  c.imageSmoothingEnabled = true;
  c.drawImage(heatOf(votes, look.accent), box.x, box.y, box.w, box.h);
  c.beginPath();
  for (const row of votes.truth) disc(c, ...placeOf(box, scene.at, row), radius * 1.9);
  lift(c, look, look.ink, 1.6, [], 0.9);
}

// Guessed numbers as bars that stand on a scale; at: a value's place across. The highest says how many it is.
function drawBars({ context: c, look }, bins, y, at) {
  const most = Math.max(1, ...bins.map(([, , count]) => count));
  const high = look.type * BARS;
  for (const [low, above, count] of bins) {
    if (!count) continue;
    const [left, right, h] = [at(low), at(above), Math.max(2, (count / most) * high)];
    c.fillStyle = css(look.accent, 0.75);
    c.fillRect(left + 0.5, y - h, Math.max(2, right - left - 1), h);
    const text = `${count}`;
    c.font = look.font(look.type * 0.85, 600);
    if (count < most && c.measureText(text).width > right - left) continue;
    c.fillStyle = look.ink;
    c.textAlign = "center";
    c.fillText(text, (left + right) / 2, y - h - look.type * 0.25);
    c.textAlign = "left";
  }
}

const BARS = 4; // height of the highest bar, in heights of type

// Entries of the legend.
function tallyItems({ marks = {} }, words, look, unit) {
  const { heat, votes, scale } = marks;
  const ramp = (text, mark) => ({
    text,
    width: 3.4 * unit,
    draw: (c, x, y) => {
      for (let k = 0; k < 5; k++) {
        c.fillStyle = css(look.accent, strengthOf(1 + (k / 4) * (mark.most - 1), mark));
        c.fillRect(x + k * 0.64 * unit, y - unit * 0.45, 0.64 * unit, unit * 0.9);
      }
    },
  });
  const items = [];
  if (heat) items.push(ramp(say(words, "heat", heat), heat));
  if (votes) items.push(ramp(say(words, "votes", votes), votes));
  if (scale && scale.bins) items.push(ramp(say(words, "bars", scale), { most: 1 }));
  return items;
}
