// Drawing on the one canvas. `drawStatic` draws once what does not move (header, frames, legend, the shared overlays); an
// animation frame draws only the panels that moved.

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
  const { entries, size, line, left, top } = layout.legend;
  for (const { item, x: along, row, before, lines } of entries) {
    const [x, y] = [left + along, top + (row + 0.5) * line];
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
    view.said = view.numbers = null;
  }
}

// Draw what stands around one panel once more: its words are others.
function drawAnew(state, view) {
  const { context: c, layout, look } = state;
  const { box } = view;
  const gap = look.type * 0.5; // half of what is between two panels, and no more
  const left = box.x - (box.column ? gap : layout.axis.left);
  c.setTransform(state.ratio, 0, 0, state.ratio, 0, 0);
  c.fillStyle = look.paper;
  c.fillRect(left, box.top, box.x + box.w + gap - left, box.h + layout.heading.heights[box.row] + layout.axis.below + layout.footer.heights[box.row]);
  drawFrame(state, box);
  view.dirty = true;
  view.said = view.numbers = null;
}

// Draw one panel at the current progress; return false if nothing about it changed.
function drawPanel(state, view) {
  const { context: c, look, layers, progress } = state;
  const { panel, box, field } = view;
  const moved = field.move(stepAt(panel, progress));
  if (!moved && !view.dirty) return false;
  view.dirty = false;
  c.save();
  c.beginPath();
  c.rect(box.x, box.y, box.w, box.h);
  c.clip();
  const fill = FILLS.find((name) => layers.has(name));
  if (fill && !panel.refused) {
    paint(field, view.fill.pixels, { fill, tables: look.tables, scene: state.scene, steepest: state.steep, mean: state.mean });
    view.fill.canvas.getContext("2d").putImageData(view.fill.image, 0, 0);
    c.imageSmoothingEnabled = true;
    c.drawImage(view.fill.canvas, box.x, box.y, box.w, box.h);
  } else {
    c.fillStyle = look.panel;
    c.fillRect(box.x, box.y, box.w, box.h);
  }
  if (layers.has("disagreement") && !panel.refused) drawDisagreement(state, view);
  c.drawImage(state.below, box.x, box.y, box.w, box.h);
  if (layers.has("retrained") && state.ghosts.moving) drawMoving(state, view);
  if (layers.has("members")) drawMembers(state, view);
  if (layers.has("boundary") && !panel.refused) {
    c.beginPath();
    view.lines.trace(field).path(c, box);
    lift(c, look, look.models.unlearned, look.stroke);
  }
  c.drawImage(pointsOf(state, panel), box.x, box.y, box.w, box.h);
  if (!panel.refused) drawLost(state, view);
  if (layers.has("helpers")) drawHelpers(state, view);
  if (panel.gauge && !panel.refused) drawGauge(state, view);
  if (state.header.overlay) drawOverlay(state, view, state.calm);
  if (state.hover >= 0) drawHover(state, box);
  c.restore();
  return true;
}

// Draw the boundary of the reference that moves, at the step of the panel.
function drawMoving({ context: c, look, ghosts, progress }, { panel, box }) {
  const { field, lines } = ghosts.moving;
  if (field.move(stepAt(panel, progress))) lines.trace(field);
  c.beginPath();
  lines.path(c, box);
  lift(c, look, look.models.retrained, look.stroke * 0.8, look.patterns.retrained, 0.6);
}

// Draw the boundary of each model that votes, at the step of the panel.
function drawMembers({ context: c, look, progress }, { panel, members, box }) {
  c.beginPath();
  for (const [field, lines] of members) {
    if (field.move(stepAt(panel, progress))) lines.trace(field);
    lines.path(c, box);
  }
  lift(c, look, css(look.models.unlearned, 0.85), look.stroke * 0.4, [], 0.45);
}

// Draw how much of the budget is left at the step on screen, and how often it was filled again.
function drawGauge({ context: c, look, progress }, { panel, box }) {
  const now = stepAt(panel, progress);
  const reached = panel.gauge.filter(([step]) => step <= now + 1e-6);
  const left = reached.at(-1)[1];
  const again = reached.filter(([, share], k) => k && share > reached[k - 1][1]).length;
  const [wide, high] = [0.75 * look.type, 0.34 * box.h];
  const [x, y] = [box.x + box.w - wide - 0.6 * look.type, box.y + 0.6 * look.type];
  gaugeBar(c, look, x, y, wide, high, left);
  if (!again) return;
  c.font = look.font(look.type * 0.85);
  c.textAlign = "right";
  c.lineWidth = 3;
  c.strokeStyle = css(look.halo, 0.85);
  c.strokeText(`↻ ${again}`, x + wide, y + high + look.type);
  c.fillStyle = look.ink;
  c.fillText(`↻ ${again}`, x + wide, y + high + look.type);
  c.textAlign = "left";
}

function gaugeBar(c, look, x, y, wide, high, left) {
  c.fillStyle = css(look.halo, 0.85);
  c.fillRect(x - 2, y - 2, wide + 4, high + 4);
  c.fillStyle = look.accent;
  c.fillRect(x, y + high * (1 - left), wide, high * left);
  c.strokeStyle = look.ink;
  c.lineWidth = 1;
  c.strokeRect(x - 0.5, y - 0.5, wide + 1, high + 1);
}

// Write the step into the heading, if it changed.
function drawStep(state, view) {
  const { context: c, layout, look, progress } = state;
  const { heading } = layout;
  const text = stepText(state, view.panel, progress);
  if (text === view.said) return;
  view.said = text;
  const { box } = view;
  const { top } = box;
  const y = heading.two ? top + heading.line + heading.small * 0.75 : top + heading.line * 0.72;
  const left = heading.two ? box.x : box.x + box.w - heading.steps - 2;
  c.fillStyle = look.paper;
  c.fillRect(left - 1, y - heading.small * 0.9, heading.steps + 4, heading.small * 1.2);
  c.font = look.font(heading.small);
  c.fillStyle = look.muted;
  c.textAlign = heading.two ? "left" : "right";
  c.fillText(text, heading.two ? box.x : box.x + box.w, y);
  c.textAlign = "left";
}

// Draw a cross on each point to forget to which the panel's model gives another label.
function drawLost(state, view) {
  const { context: c, scene, look, radius } = state;
  const { field, box } = view;
  const requests = requestsAt(view.panel, state.progress);
  let any = false;
  c.beginPath();
  scene.forget.forEach((row, i) => {
    if (!isAsked(scene, i, requests)) return;
    if (field.classAt(scene.at[2 * row], scene.at[2 * row + 1]) === scene.y[row]) return;
    crossAt(c, ...placeOf(box, scene.at, row), radius * 1.1);
    any = true;
  });
  if (any) lift(c, look, look.ink, Math.max(1.2, radius * 0.4), [], 0.9);
}

function drawHelpers(state, view) {
  const { context: c, scene, look, radius, progress } = state;
  const { panel, box } = view;
  for (const helper of panel.helpers) {
    const since = helper.since || 0;
    const shown = since ? Math.min(1, (2 * Math.max(0, progress - since)) / (1 - since)) : 1;
    if (!shown) continue;
    c.globalAlpha = shown;
    const at = scene.unit(Float32Array.from(helper.x.flat()));
    c.beginPath();
    helper.origin.forEach((row, i) => row >= 0 && arrow(c, ...placeOf(box, scene.at, row), ...placeOf(box, at, i), radius * 1.3, radius));
    lift(c, look, look.ink, Math.max(0.9, radius * 0.28), [], 0.5);
    helper.y.forEach((k, i) => helperMark(c, look, k, ...placeOf(box, at, i), radius * 0.95, helper.mark, helper.origin[i] >= 0));
  }
  c.globalAlpha = 1;
}

// Hatch where the panel's class is not the one that most retrained models give, the more so the fewer give the panel's.
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

// Ring the point that is looked at.
function drawHover(state, box) {
  const { context: c, scene, look, radius, hover } = state;
  c.beginPath();
  disc(c, ...placeOf(box, scene.at, hover), radius * 2.6 + 2);
  lift(c, look, look.accent, 2.4, [], 0.95);
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
  if (!state.sketch || state.sketch.kind !== "line") {
    c.closePath();
    c.fillStyle = css(look.accent, 0.14);
    c.fill();
  }
  lift(c, look, look.accent, 1.8, [3, 2], 0.8);
  c.restore();
}
