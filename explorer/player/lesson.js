// A lesson over the picture: what lies in the spotlight, the cue before a change, a guess and the truth beside it, and
// the sketch by which one guesses on the picture. header.overlay says all of it; `frames.py` has its fields.

const CUE = 0.4; // seconds before a change in which the cells glow that are about to change

// --- spotlight and cue ------------------------------------------------------------------------------------------------

// Dim what is not spoken of: the other panels, or all but the points to forget.
function drawVeil({ context: c, header, scene, look, radius }, { panel, box }) {
  const { spotlight } = header.overlay;
  if (!spotlight || spotlight === panel.name) return;
  c.beginPath();
  c.rect(box.x, box.y, box.w, box.h);
  if (spotlight === "forget") for (const row of scene.forget) disc(c, ...placeOf(box, scene.at, row), radius * 2.6);
  c.fillStyle = css(look.paper, spotlight === "forget" ? 0.55 : 0.62);
  c.fill("evenodd");
}

// Let the cells glow that the panel's model is about to give another class; under reduced motion outline them.
function drawCue(state, view, calm) {
  const { context: c, look, progress, speed, ratio } = state;
  const { panel, box, field } = view;
  if (panel.step.length < 2 || progress >= 1) return;
  const ahead = (view.ahead = view.ahead || { field: new Field(panel, 2), now: new Field(panel, 2), mask: null, lines: null });
  ahead.field.move(stepAt(panel, Math.min(1, progress + (CUE * Math.max(1, speed)) / SECONDS)));
  if (calm) {
    ahead.lines = ahead.lines || new Lines(ahead.field.width);
    c.beginPath();
    ahead.lines.trace(ahead.field).path(c, box);
    lift(c, look, look.accent, 1.6, [2, 2], 0.6);
    return;
  }
  ahead.now.move(stepAt(panel, progress));
  const { size, width } = field.size === ahead.field.size ? field : ahead.field;
  if (!ahead.mask) {
    const image = new ImageData(size, size);
    ahead.mask = { image, pixels: new Uint32Array(image.data.buffer), canvas: canvasOf(size, size) };
  }
  const glow = pack32(rgb(look.glow));
  const { pixels, image, canvas } = ahead.mask;
  for (let r = 0; r < size; r++) {
    let i = (r + 1) * width + 1;
    let p = (size - 1 - r) * size;
    for (const end = p + size; p < end; p++, i++) pixels[p] = ahead.now.classes[i] === ahead.field.classes[i] ? 0 : glow;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  c.save();
  c.globalAlpha = 0.75;
  c.shadowColor = look.glow;
  c.shadowBlur = 6 * ratio;
  c.drawImage(canvas, box.x, box.y, box.w, box.h);
  c.restore();
}

// --- guess and truth --------------------------------------------------------------------------------------------------

function drawOverlay(state, view, calm) {
  const { header, sketch } = state;
  const { overlay } = header;
  if (overlay.cue) drawCue(state, view, calm);
  drawVeil(state, view);
  const { marks = {} } = overlay;
  drawTally(state, view, marks);
  if (marks.points) drawChosen(state, view, marks.points.guess, marks.points.truth);
  if (marks.line) drawGuessedLine(state, view, marks.line);
  if (marks.scale && marks.scale.panel === view.panel.name) drawScale(state, view, marks.scale);
  for (const mark of marks.panels || []) if (mark.panel === view.panel.name) drawFramed(state, view, mark);
  if (sketch) sketch.draw(state, view);
}

// A frame around a panel, unless it is bare, with a few words in a corner: the truth solid, a guess dashed.
function drawFramed(state, { box }, { guess, text, bare }) {
  const { context: c, look } = state;
  const wide = look.stroke * 1.6;
  const inset = guess ? wide * 2.2 : wide / 2;
  c.beginPath();
  c.rect(box.x + inset, box.y + inset, box.w - 2 * inset, box.h - 2 * inset);
  if (!bare) lift(c, look, guess ? look.accent : look.ink, wide, guess ? [3, 2] : [], 0.8);
  const y = guess ? box.y + box.h - look.type * 1.6 : box.y + look.type * 1.6;
  label(state, text, box.x + wide * 4, y, guess, "left", box.w - wide * 6);
}

// Words on a plate, readable over everything; smaller where they would be wider than `most`.
function label({ context: c, look }, text, x, y, guess, align = "left", most = Infinity) {
  c.font = look.font(look.type * 1.05, 600);
  const fits = Math.min(1, most / (c.measureText(text).width + look.type * 0.8));
  if (fits < 1) c.font = look.font(look.type * 1.05 * fits, 600);
  const width = c.measureText(text).width;
  const pad = look.type * 0.4;
  const left = align === "middle" ? x - width / 2 : x;
  c.fillStyle = guess ? look.accent : look.ink;
  c.fillRect(left - pad, y - look.type * 1.05, width + 2 * pad, look.type * 1.5);
  c.fillStyle = look.paper;
  c.fillText(text, left, y);
}

// A scale of numbers at the foot of a panel: the guess below it, the truth and its band above; of a class its guesses as
// bars, and the truth below.
function drawScale(state, { box }, { low, high, guess, truth, band, bins, texts }) {
  const { context: c, look } = state;
  const [left, right] = [box.x + look.type * 2.5, box.x + box.w - look.type * 2.5];
  const below = guess === null && !bins ? 1.4 : 3.6; // lines of type: what stands below the scale
  const y = box.y + box.h - look.type * below;
  const at = (value) => left + ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * (right - left);
  const above = look.type * (bins ? BARS + 1.6 : 2.8);
  c.fillStyle = css(look.paper, 0.86);
  c.fillRect(box.x, y - above, box.w, above + look.type * below);
  if (bins) drawBars(state, bins, y, at);
  if (band) {
    c.fillStyle = css(look.models.retrained, 0.35);
    c.fillRect(at(band[0]) - 3, y - look.type * 0.5, Math.max(6, at(band[1]) - at(band[0]) + 6), look.type);
  }
  c.beginPath();
  c.moveTo(left, y);
  c.lineTo(right, y);
  for (const end of [left, right]) {
    c.moveTo(end, y - look.type * 0.4);
    c.lineTo(end, y + look.type * 0.4);
  }
  lift(c, look, look.muted, 1.5, [], 0);
  if (bins) {
    c.font = look.font(look.type * 0.85);
    c.fillStyle = look.muted;
    c.textAlign = "center";
    for (const end of [low, high])
      if (Math.abs(at(end) - at(truth)) > 4 * look.type) c.fillText(`${end}`, at(end), y + look.type * 1.5);
    c.textAlign = "left";
  }
  const pointer = (value, up, text, own = true) => {
    const x = at(value);
    const tip = y - (up ? 1 : -1) * look.type * 0.3;
    c.beginPath();
    c.moveTo(x, tip);
    c.lineTo(x - look.type * 0.5, tip - (up ? 1 : -1) * look.type * 0.8);
    c.lineTo(x + look.type * 0.5, tip - (up ? 1 : -1) * look.type * 0.8);
    c.closePath();
    c.fillStyle = own ? look.accent : look.ink;
    c.fill();
    c.font = look.font(look.type * 1.05, 600);
    const half = c.measureText(text).width / 2 + look.type;
    label(state, text, Math.min(box.x + box.w - half, Math.max(box.x + half, x)), up ? tip - look.type * 1.2 : tip + look.type * 2, own, "middle");
  };
  if (guess !== null) pointer(guess, false, texts.guess);
  pointer(truth, !bins, texts.truth, false);
}

const MANY = 30; // points of the truth above which their circles are drawn finer, so that the points stay visible

// Points that were guessed (dashed squares), and those of the truth (solid circles).
function drawChosen(state, { box }, guess, truth) {
  const { context: c, scene, look, radius } = state;
  const fine = truth.length > MANY ? 0.6 : 1;
  c.beginPath();
  for (const row of guess) {
    const [x, y] = placeOf(box, scene.at, row);
    c.rect(x - radius * 2.2, y - radius * 2.2, radius * 4.4, radius * 4.4);
  }
  lift(c, look, look.accent, 2, [2, 1.5], 0.8);
  c.beginPath();
  for (const row of truth) disc(c, ...placeOf(box, scene.at, row), radius * (fine < 1 ? 2.3 : 2.9));
  lift(c, look, look.ink, 2.2 * fine, [], 0.9 * fine);
}

// The line that was guessed, and the cells between it and the truth.
function drawGuessedLine(state, view, { path, wrong, size }) {
  const { context: c, look } = state;
  const { box } = view;
  const [w, h] = [box.w / size, box.h / size];
  c.fillStyle = css(look.glow, 0.5);
  for (const cell of wrong) c.fillRect(box.x + (cell % size) * w, box.y + box.h - (Math.floor(cell / size) + 1) * h, w + 0.5, h + 0.5);
  if (path.length > 1) tracePath(state, box, path);
}

function tracePath({ context: c, look }, box, path) {
  c.beginPath();
  path.forEach(([u, v], k) => (k ? c.lineTo(box.x + u * box.w, box.y + (1 - v) * box.h) : c.moveTo(box.x + u * box.w, box.y + (1 - v) * box.h)));
  lift(c, look, look.accent, look.stroke * 1.3, [3, 1.5], 0.85);
}

// --- the sketch -------------------------------------------------------------------------------------------------------

const MOST_PLACES = 24; // of a line

// What one guesses on the picture: points, or a line. kind: "points" or "line".
class Sketch {
  constructor(kind) {
    Object.assign(this, { kind, rows: new Set(), path: [], cursor: [0.5, 0.5], keyed: false });
  }

  get empty() {
    return this.kind === "points" ? !this.rows.size : this.path.length < 2;
  }

  get value() {
    return this.kind === "points" ? { index: [...this.rows].sort((a, b) => a - b) } : { line: this.path };
  }

  // Take over what was pulled over a panel, in CSS pixels; a pull that hardly moved is a click.
  pulled(state, { view, path }, clicked) {
    const { box } = view;
    const extent = Math.max(...path.map(([x, y]) => Math.hypot(x - path[0][0], y - path[0][1])));
    if (this.kind === "line") {
      if (extent > 12) this.path = thinned(path.map(([x, y]) => [clip((x - box.x) / box.w), clip(1 - (y - box.y) / box.h)]));
    } else if (extent < 6) this.toggle(clicked);
    else for (const i of state.scene.y.keys()) if (within(path, ...placeOf(box, state.scene.at, i))) this.rows.add(i);
  }

  // Go on from a guess that was made before, as `value` gives it.
  take({ index, line }) {
    this.rows = new Set(index || []);
    this.path = line || [];
  }

  toggle(row) {
    if (row >= 0 && !this.rows.delete(row)) this.rows.add(row);
  }

  // What a key does to a line; null where it does nothing.
  key(name) {
    const by = { ArrowLeft: [-0.04, 0], ArrowRight: [0.04, 0], ArrowUp: [0, 0.04], ArrowDown: [0, -0.04] }[name];
    if (this.kind !== "line") return null;
    if (by) return () => ((this.keyed = true), (this.cursor = [clip(this.cursor[0] + by[0]), clip(this.cursor[1] + by[1])]));
    if (name === "Enter") return () => ((this.keyed = true), this.path.length < MOST_PLACES && this.path.push([...this.cursor]));
    return name === "Backspace" ? () => this.path.pop() : null;
  }

  draw(state, { box }) {
    if (this.kind === "points") drawChosen(state, { box }, this.rows, []);
    else if (this.path.length) tracePath(state, box, this.path);
    if (!this.keyed) return;
    const { context: c, look } = state;
    const [x, y] = [box.x + this.cursor[0] * box.w, box.y + (1 - this.cursor[1]) * box.h];
    c.beginPath();
    crossAt(c, x, y, 7);
    lift(c, look, look.accent, 2.4, [], 0.9);
  }
}

const clip = (share) => Math.round(1000 * Math.min(1, Math.max(0, share))) / 1000;

// Keep at most MOST_PLACES places of a path, evenly along it, both ends among them.
function thinned(path) {
  if (path.length <= MOST_PLACES) return path;
  return Array.from({ length: MOST_PLACES }, (_, k) => path[Math.round((k * (path.length - 1)) / (MOST_PLACES - 1))]);
}

// The sketch of a picture; the one that was there goes on where the same thing is asked still.
function sketchOf(header, before, turned) {
  const kind = (header.overlay && header.overlay.ask) || "";
  if (!kind) return null;
  return before && before.kind === kind && !turned ? before : new Sketch(kind);
}

// Entries of the legend for what lies over the picture.
function overlayItems({ header, words }, look, unit) {
  const { cue, marks = {}, ask } = header.overlay;
  const items = [];
  const line = (text, colour, pattern) =>
    items.push({
      text,
      width: 2.6 * unit,
      draw: (c, x, y) => {
        c.beginPath();
        c.moveTo(x, y);
        c.lineTo(x + 2.6 * unit, y);
        lift(c, look, colour, look.stroke * 1.2, pattern, 0);
      },
    });
  const square = (text, colour) =>
    items.push({
      text,
      width: 1.5 * unit,
      draw: (c, x, y) => {
        c.fillStyle = colour;
        c.fillRect(x, y - unit * 0.45, 1.3 * unit, unit * 0.9);
      },
    });
  if (marks.line || marks.points || ask) line(words.guess, look.accent, [3, 1.5]);
  if (marks.line) square(words.between, css(look.glow, 0.6));
  if (marks.points) line(words.truth, look.ink, []);
  if (marks.votes || marks.heat) line(words.truth, look.ink, marks.heat ? [1, 1.4] : []);
  items.push(...tallyItems(header.overlay, words, look, unit));
  if (cue) square(words.cue, css(look.glow, 0.8));
  return items;
}
