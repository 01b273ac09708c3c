// Overlays: transparent canvases of one picture's size, drawn once, that all panels share. One lies below the panel's own
// boundary (the lines of the references), one above it (the points).

function overlay(state, draw) {
  const box = state.layout.boxes[0];
  const canvas = canvasOf(Math.round(box.w * state.ratio), Math.round(box.h * state.ratio));
  const c = canvas.getContext("2d");
  c.setTransform(state.ratio, 0, 0, state.ratio, 0, 0);
  draw(c, state, { x: 0, y: 0, w: box.w, h: box.h });
  return canvas;
}

function drawReferences(c, state, box) {
  const { look, layers, ghosts } = state;
  if (layers.has("cloud")) {
    c.beginPath();
    for (const lines of ghosts.cloud) lines.path(c, box);
    lift(c, look, css(look.models.retrained, 0.75), look.stroke * 0.4, [], 0);
  }
  if (layers.has("original")) {
    c.beginPath();
    ghosts.original.path(c, box);
    lift(c, look, look.models.original, look.stroke * 0.72, look.patterns.original, 0.6);
  }
  if (layers.has("retrained") && !ghosts.moving) {
    c.beginPath();
    ghosts.paired.path(c, box);
    lift(c, look, look.models.retrained, look.stroke * 0.8, look.patterns.retrained, 0.6);
  }
}

// Whether a point to forget, by its place among them, was named by one of so many requests.
const isAsked = ({ asked }, i, requests) => !asked || asked[i] <= requests;

// How many requests have come where a panel stands; while it moves on, the next one too.
const requestsAt = (panel, progress) => Math.ceil(stepAt(panel, progress) - 1e-6);

// The points as they are drawn where a panel stands.
function pointsOf(state, panel) {
  if (!state.scene.asked) return state.above;
  const requests = requestsAt(panel, state.progress);
  if (state.above.requests !== requests)
    state.above = Object.assign(overlay(state, (c, all, box) => drawPoints(c, all, box, requests)), { requests });
  return state.above;
}

function drawPoints(c, state, box, requests = 0) {
  const { scene, look, radius } = state;
  const place = (at, i) => placeOf(box, at, i);
  for (let i = 0; i < scene.y.length; i++) {
    if (scene.isForget[i]) continue;
    mark(c, look, scene.y[i], ...place(scene.at, i), radius);
  }
  scene.forget.forEach((row, i) => isAsked(scene, i, requests) || mark(c, look, scene.y[row], ...place(scene.at, row), radius));
  scene.forget.forEach((row, i) => isAsked(scene, i, requests) && ringed(c, look, scene.y[row], ...place(scene.at, row), radius * 1.1, scene.afterY[i]));
  if (scene.images) scene.images.forEach((_, i) => drawThumbnail(c, state, box, i));
  if (moves(scene)) {
    c.beginPath();
    scene.forget.forEach((row, i) => arrow(c, ...place(scene.at, row), ...place(scene.afterAt, i), radius * 1.6));
    lift(c, look, look.sets.forget, Math.max(1.2, radius * 0.4), [], 0.7);
  }
  if (state.layers.has("oracle") && scene.right)
    scene.forget.forEach((row, i) => oracleRing(c, look, ...place(scene.at, row), radius, scene.right[i] >= 0.5));
}

// Draw the picture of a point beside it, framed in its class's colour. Of eight places around the point, the one most inside
// the box and farthest from the other points is taken.
function drawThumbnail(c, { scene, look, radius }, box, i) {
  const side = Math.round(Math.min(64, Math.max(22, 0.13 * box.w)));
  const spots = Array.from({ length: scene.y.length }, (_, j) => placeOf(box, scene.at, j));
  const [px, py] = spots[i];
  const clear = 2.2 * radius + 6; // between the point and the square
  const over = (v, low, high) => Math.max(0, low + 6 - v, v + side + 6 - high);
  let [x, y, least] = [px, py, Infinity];
  for (let k = 0; k < 8; k++) {
    const [ux, uy] = [Math.cos((k * Math.PI) / 4), Math.sin((k * Math.PI) / 4)];
    const far = (0.5 * side) / Math.max(Math.abs(ux), Math.abs(uy)) + clear; // from the point to the square's middle
    const [left, top] = [Math.round(px + far * ux - side / 2), Math.round(py + far * uy - side / 2)];
    const near = spots.reduce((sum, [sx, sy], j) => sum + (j === i ? 0 : 1 / (1 + Math.hypot(left + side / 2 - sx, top + side / 2 - sy))), 0);
    const cost = over(left, box.x, box.x + box.w) + over(top, box.y, box.y + box.h) + 50 * near;
    if (cost < least) [x, y, least] = [left, top, cost];
  }
  const frame = (colour, wide) => {
    c.fillStyle = colour;
    c.fillRect(x - wide, y - wide, side + 2 * wide, side + 2 * wide);
  };
  frame(css(look.halo, 0.9), scene.isForget[i] ? 6 : 4);
  if (scene.isForget[i]) frame(look.sets.forget, 5);
  frame(css(look.halo, 0.9), 3);
  frame(look.colour(scene.y[i]), 2);
  c.imageSmoothingEnabled = false;
  c.drawImage(scene.images[i], x, y, side, side);
  c.imageSmoothingEnabled = true;
}
