// Drawing: what does not move is drawn once (header, titles, legend, and two overlays of one picture's size that all panels
// share: lines of the references, and points); a frame draws only the panels that moved.

function drawStatic(state) {
  const { context: c, layout, look, header, words } = state;
  c.setTransform(state.ratio, 0, 0, state.ratio, 0, 0);
  c.fillStyle = look.paper;
  c.fillRect(0, 0, layout.width, layout.height);
  c.textBaseline = "alphabetic";
  c.textAlign = "left";
  for (const { text, x, y, font, colour } of layout.texts) {
    c.font = font;
    c.fillStyle = colour;
    c.fillText(text, x, y);
  }
  for (const box of layout.boxes) drawFrame(state, box);
  const { entries, size, line } = layout.legend;
  for (const { item, x, row, before, lines } of entries) {
    const y = layout.legendTop + (row + 0.5) * line;
    item.draw(c, x, y);
    c.font = look.font(size);
    c.fillStyle = look.ink;
    lines.forEach((text, k) => c.fillText(text, x + before, y + size * 0.35 + k * line));
  }
  state.below = overlay(state, drawReferences);
  state.above = overlay(state, drawPoints);
  state.hatching = c.createPattern(hatch(look, state.ratio), "repeat");
  for (const view of state.views) {
    view.dirty = true;
    view.said = null;
  }
}

// Title, axes, score and note of one panel, and the calm placeholder of one that is still computing.
function drawFrame(state, box) {
  const { context: c, layout, look, words } = state;
  const { heading, footer, axis } = layout;
  const panel = state.byName.get(box.name);
  const top = box.y - heading.height;
  const focused = state.header.look.focus === box.name;
  c.font = look.font(heading.size, 600);
  const room = heading.two ? box.w : box.w - heading.steps - look.type;
  let title = box.title;
  while (title.length > 4 && c.measureText(title).width > room) title = `${title.slice(0, -2).trimEnd()}…`;
  c.fillStyle = look.ink;
  c.fillText(title, box.x, top + heading.line * 0.72);
  box.titled = c.measureText(title).width;
  if (panel && panel.trouble) warningSign(c, look, box.x + box.titled + look.type * 0.9, top + heading.line * 0.5, look.type * 0.5);
  c.strokeStyle = focused ? look.accent : look.line;
  c.lineWidth = focused ? 2 : 1;
  const edge = c.lineWidth / 2;
  c.strokeRect(box.x - edge, box.y - edge, box.w + 2 * edge, box.h + 2 * edge);
  drawAxes(state, box);
  if (!panel) {
    c.fillStyle = look.panel;
    c.fillRect(box.x, box.y, box.w, box.h);
    c.fillStyle = look.muted;
    c.font = look.font(look.type);
    c.textAlign = "center";
    c.fillText(words.computing, box.x + box.w / 2, box.y + box.h / 2);
    c.textAlign = "left";
    return;
  }
  const { score, note } = footer.wrapped.get(box.name);
  let y = box.y + box.h + axis.below + footer.size * 1.1;
  c.font = look.font(footer.size);
  for (const [lines, colour] of [[score, look.ink], [note, look.muted]])
    for (const text of lines) {
      c.fillStyle = colour;
      c.fillText(text, box.x, y);
      y += footer.size * 1.32;
    }
}

function drawAxes(state, box) {
  const { context: c, layout, look, header } = state;
  const { axis } = layout;
  const [low, high] = [header.plane.low, header.plane.high];
  c.font = look.font(axis.font);
  c.fillStyle = look.muted;
  c.strokeStyle = look.line;
  c.lineWidth = 1;
  c.textAlign = "center";
  const name = c.measureText("x₁").width;
  let free = box.x - axis.font;
  for (const { at, text } of ticks(low[0], high[0], box.w / (look.type * 4.2))) {
    const x = box.x + ((at - low[0]) / (high[0] - low[0])) * box.w;
    const half = c.measureText(text).width / 2;
    c.beginPath();
    c.moveTo(x, box.y + box.h + 1);
    c.lineTo(x, box.y + box.h + 4);
    c.stroke();
    if (x - half < free || x + half > box.x + box.w - name - 4) continue;
    c.fillText(text, x, box.y + box.h + axis.below * 0.92);
    free = x + half + 6;
  }
  c.textAlign = "right";
  c.fillText("x₁", box.x + box.w, box.y + box.h + axis.below * 0.92);
  if (box.column === 0) {
    for (const { at, text } of ticks(low[1], high[1], box.h / (look.type * 2.6))) {
      const y = box.y + (1 - (at - low[1]) / (high[1] - low[1])) * box.h;
      c.beginPath();
      c.moveTo(box.x - 1, y);
      c.lineTo(box.x - 4, y);
      c.stroke();
      if (y - axis.font * 0.5 > box.y + axis.font * 1.1) c.fillText(text, box.x - 6, y + axis.font * 0.35);
    }
    c.fillText("x₂", box.x - 6, box.y + axis.font * 0.85);
  }
  c.textAlign = "left";
}

function warningSign(c, look, x, y, r) {
  c.beginPath();
  symbol(c, "triangle-up", x, y, r);
  c.fillStyle = look.warning;
  c.fill();
  c.fillStyle = look.paper;
  c.fillRect(x - r * 0.11, y - r * 0.55, r * 0.22, r * 0.65);
  c.fillRect(x - r * 0.11, y + r * 0.25, r * 0.22, r * 0.22);
}

// A transparent canvas of one picture's size.
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
  if (layers.has("retrained")) {
    c.beginPath();
    ghosts.paired.path(c, box);
    lift(c, look, look.models.retrained, look.stroke * 0.8, look.patterns.retrained, 0.6);
  }
}

function drawPoints(c, state, box) {
  const { scene, look, radius } = state;
  const place = (at, i) => [box.x + at[2 * i] * box.w, box.y + (1 - at[2 * i + 1]) * box.h];
  for (let i = 0; i < scene.y.length; i++) {
    if (scene.isForget[i]) continue;
    mark(c, look, scene.y[i], ...place(scene.at, i), radius);
  }
  scene.forget.forEach((row, i) => ringed(c, look, scene.y[row], ...place(scene.at, row), radius * 1.1, scene.afterY[i]));
  if (scene.images) scene.images.forEach((_, i) => drawThumbnail(c, state, box, i));
  if (moves(scene)) {
    c.beginPath();
    scene.forget.forEach((row, i) => arrow(c, ...place(scene.at, row), ...place(scene.afterAt, i), radius * 1.6));
    lift(c, look, look.sets.forget, Math.max(1.2, radius * 0.4), [], 0.7);
  }
  if (state.layers.has("oracle") && scene.right)
    scene.forget.forEach((row, i) => oracleRing(c, look, ...place(scene.at, row), radius, scene.right[i] >= 0.5));
}

// The picture that a point stands for, beside the point: inside the box and away from the other points, in the frame of
// its class.
function drawThumbnail(c, { scene, look, radius }, box, i) {
  const side = Math.round(Math.min(64, Math.max(22, 0.13 * box.w)));
  const spots = Array.from({ length: scene.y.length }, (_, j) => [
    box.x + scene.at[2 * j] * box.w, box.y + (1 - scene.at[2 * j + 1]) * box.h,
  ]);
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

// One panel at the progress of the moment; false if nothing about it changed.
function drawPanel(state, view) {
  const { context: c, look, layers, progress } = state;
  const { panel, box, field } = view;
  const moved = field.move(stepAt(panel, progress));
  const ended = Boolean(panel.trouble) && progress > 0.985;
  if (!moved && !view.dirty && ended === view.ended) return false;
  view.dirty = false;
  view.ended = ended;
  view.generation++;
  c.save();
  c.beginPath();
  c.rect(box.x, box.y, box.w, box.h);
  c.clip();
  const fill = FILLS.find((name) => layers.has(name));
  if (fill) {
    paint(field, view.pixels, { fill, tables: look.tables, scene: state.scene, steepest: state.steep, mean: state.mean });
    view.picture.getContext("2d").putImageData(view.image, 0, 0);
    c.imageSmoothingEnabled = true;
    c.drawImage(view.picture, box.x, box.y, box.w, box.h);
  } else {
    c.fillStyle = look.panel;
    c.fillRect(box.x, box.y, box.w, box.h);
  }
  if (layers.has("disagreement")) drawDisagreement(state, view);
  c.drawImage(state.below, box.x, box.y, box.w, box.h);
  if (layers.has("members")) drawMembers(state, view);
  if (layers.has("boundary")) {
    c.beginPath();
    view.lines.trace(field).path(c, box);
    lift(c, look, look.models.unlearned, look.stroke);
  }
  c.drawImage(state.above, box.x, box.y, box.w, box.h);
  drawLost(state, view);
  if (layers.has("helpers")) drawHelpers(state, view);
  if (state.hover >= 0) drawHover(state, box);
  if (ended) drawBanner(state, view);
  c.restore();
  return true;
}

// The boundary of each model that votes; all stand at the step of their panel.
function drawMembers({ context: c, look, progress }, { panel, members, box }) {
  c.beginPath();
  for (const [field, lines] of members) {
    if (field.move(stepAt(panel, progress))) lines.trace(field);
    lines.path(c, box);
  }
  lift(c, look, css(look.models.unlearned, 0.85), look.stroke * 0.4, [], 0.45);
}

function drawStep(state, view) {
  const { context: c, layout, look, progress } = state;
  const { heading } = layout;
  const text = stepText(state, view.panel, progress);
  if (text === view.said) return;
  view.said = text;
  const { box } = view;
  const top = box.y - heading.height;
  const y = heading.two ? top + heading.line + heading.small * 0.75 : top + heading.line * 0.72;
  const left = heading.two ? box.x : box.x + box.w - heading.steps - 2;
  c.fillStyle = look.paper;
  c.fillRect(left - 1, y - heading.small, heading.steps + 4, heading.small * 1.3);
  c.font = look.font(heading.small);
  c.fillStyle = look.muted;
  c.textAlign = heading.two ? "left" : "right";
  c.fillText(text, heading.two ? box.x : box.x + box.w, y);
  c.textAlign = "left";
}

// A cross on each point to forget that the panel's model does not give its label.
function drawLost(state, view) {
  const { context: c, scene, look, radius } = state;
  const { field, box } = view;
  let any = false;
  c.beginPath();
  scene.forget.forEach((row, i) => {
    const [u, v] = [scene.at[2 * row], scene.at[2 * row + 1]];
    if (field.classAt(u, v) === scene.y[row]) return;
    crossAt(c, box.x + u * box.w, box.y + (1 - v) * box.h, radius * 1.1);
    any = true;
  });
  if (any) lift(c, look, look.ink, Math.max(1.2, radius * 0.4), [], 0.9);
}

function drawHelpers(state, view) {
  const { context: c, scene, look, radius } = state;
  const { panel, box } = view;
  for (const helper of panel.helpers) {
    const at = scene.unit(Float32Array.from(helper.x.flat()));
    const spot = (from, i) => [box.x + from[2 * i] * box.w, box.y + (1 - from[2 * i + 1]) * box.h];
    c.beginPath();
    helper.origin.forEach((row, i) => row >= 0 && arrow(c, ...spot(scene.at, row), ...spot(at, i), radius * 1.3, radius));
    lift(c, look, look.ink, Math.max(0.9, radius * 0.28), [], 0.5);
    helper.y.forEach((k, i) => helperMark(c, look, k, ...spot(at, i), radius * 0.95, helper.mark, helper.origin[i] >= 0));
  }
}

function drawDisagreement(state, view) {
  const { context: c, vote: votes, ratio } = state;
  const { field, box, mask } = view;
  const { count, most, models, area } = votes;
  const { classes, size, width } = field;
  for (let r = 0; r < size; r++) {
    let i = (r + 1) * width + 1;
    let p = (size - 1 - r) * size;
    for (const end = p + size; p < end; p++, i++) {
      const mine = classes[i];
      mask.pixels[p] = mine === most[i] ? 0 : (((1 - count[mine * area + i] / models) * 255) << 24) >>> 0;
    }
  }
  mask.canvas.getContext("2d").putImageData(mask.image, 0, 0);
  const sheet = state.sheet;
  const s = sheet.getContext("2d");
  s.globalCompositeOperation = "copy";
  s.drawImage(mask.canvas, 0, 0, sheet.width, sheet.height);
  s.globalCompositeOperation = "source-in";
  s.fillStyle = state.hatching;
  s.fillRect(0, 0, sheet.width, sheet.height);
  c.globalAlpha = 0.7;
  c.drawImage(sheet, box.x, box.y, box.w, box.h);
  c.globalAlpha = 1;
}

function drawHover(state, box) {
  const { context: c, scene, look, radius, hover } = state;
  c.beginPath();
  disc(c, box.x + scene.at[2 * hover] * box.w, box.y + (1 - scene.at[2 * hover + 1]) * box.h, radius * 2.6 + 2);
  lift(c, look, look.accent, 2.4, [], 0.95);
}

// The sentence of the divergence banner: wrapped, and smaller where it would not fit.
function drawBanner(state, view) {
  const { context: c, look } = state;
  const { box, panel } = view;
  let size = look.type * 0.96;
  let lines;
  const pad = look.type * 0.55;
  for (; ; size -= 0.5) {
    c.font = look.font(size, 500);
    lines = wrap(c, panel.trouble, box.w - 2 * pad - size * 1.5);
    if (lines.length * size * 1.3 + 2 * pad <= box.h || size <= 7) break;
  }
  const height = Math.min(box.h, lines.length * size * 1.3 + 2 * pad);
  const top = box.y + box.h - height;
  c.fillStyle = css(look.warning_paper, 0.96);
  c.fillRect(box.x, top, box.w, height);
  c.fillStyle = look.warning;
  c.fillRect(box.x, top, box.w, 2);
  warningSign(c, look, box.x + pad + size * 0.45, top + pad + size * 0.62, size * 0.55);
  c.fillStyle = look.warning;
  lines.forEach((text, k) => c.fillText(text, box.x + pad + size * 1.5, top + pad + size * (0.95 + 1.3 * k)));
}

function drawLasso(state) {
  const { context: c, look, lasso } = state;
  if (!lasso || lasso.path.length < 2) return;
  const { box } = lasso.view;
  c.save();
  c.beginPath();
  c.rect(box.x, box.y, box.w, box.h);
  c.clip();
  c.beginPath();
  lasso.path.forEach(([x, y], k) => (k ? c.lineTo(x, y) : c.moveTo(x, y)));
  c.closePath();
  c.fillStyle = css(look.accent, 0.14);
  c.fill();
  lift(c, look, look.accent, 1.8, [3, 2], 0.8);
  c.restore();
}
