// Marks: symbols, strokes and the marks of points that are made of them.

// Corners of each symbol on the unit circle, chosen so that all look equally large.
const POLYGONS = {
  square: [4, 1.15, Math.PI / 4],
  "triangle-up": [3, 1.35, -Math.PI / 2],
  diamond: [4, 1.3, 0],
  "triangle-down": [3, 1.35, Math.PI / 2],
  pentagon: [5, 1.15, -Math.PI / 2],
  hexagon: [6, 1.12, 0],
};

// Add one symbol to the current path.
function symbol(context, name, x, y, r) {
  if (POLYGONS[name]) {
    const [corners, scale, turn] = POLYGONS[name];
    for (let k = 0; k < corners; k++) {
      const angle = turn + (2 * Math.PI * k) / corners;
      const [px, py] = [x + r * scale * Math.cos(angle), y + r * scale * Math.sin(angle)];
      if (k) context.lineTo(px, py);
      else context.moveTo(px, py);
    }
    context.closePath();
  } else if (name === "star") {
    for (let k = 0; k < 10; k++) {
      const angle = -Math.PI / 2 + (Math.PI * k) / 5;
      const far = r * (k % 2 ? 0.6 : 1.45);
      const [px, py] = [x + far * Math.cos(angle), y + far * Math.sin(angle)];
      if (k) context.lineTo(px, py);
      else context.moveTo(px, py);
    }
    context.closePath();
  } else if (name === "cross" || name === "x") {
    const turn = name === "x" ? Math.PI / 4 : 0;
    const arm = r * 0.42;
    const outline = [[1.2, 0.42], [0.42, 0.42], [0.42, 1.2]];
    let begun = false;
    for (let q = 0; q < 4; q++)
      for (const [ax, ay] of outline) {
        const [lx, ly] = [ax === 0.42 ? arm : ax * r, ay === 0.42 ? arm : ay * r];
        const angle = turn + (Math.PI / 2) * q;
        const px = x + lx * Math.cos(angle) - ly * Math.sin(angle);
        const py = y + lx * Math.sin(angle) + ly * Math.cos(angle);
        if (begun) context.lineTo(px, py);
        else context.moveTo(px, py);
        begun = true;
      }
    context.closePath();
  } else disc(context, x, y, r);
}

function disc(context, x, y, r) {
  context.moveTo(x + r, y);
  context.arc(x, y, r, 0, 2 * Math.PI);
}

// Stroke the current path twice: a halo that sets it off from what lies under it, then the line.
function lift(context, look, colour, wanted, pattern = [], halo = 0.75) {
  const width = Math.max(wanted, look.fine);
  context.lineJoin = "round";
  context.lineCap = "butt";
  context.setLineDash([]);
  if (halo) {
    context.strokeStyle = css(look.halo, halo);
    context.lineWidth = width + 2.4;
    context.stroke();
  }
  context.setLineDash(pattern.map((length) => length * width));
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
  context.setLineDash([]);
}

// Add an arrow to the current path. Its tip stays `gap` before its end; without room for head and gap there is no arrow.
function arrow(context, x0, y0, x1, y1, head, gap = 0) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < head + gap) return;
  const [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
  const [ex, ey] = [x1 - dx * gap, y1 - dy * gap];
  context.moveTo(x0, y0);
  context.lineTo(ex, ey);
  context.moveTo(ex - head * (dx + 0.6 * dy), ey - head * (dy - 0.6 * dx));
  context.lineTo(ex, ey);
  context.lineTo(ex - head * (dx - 0.6 * dy), ey - head * (dy + 0.6 * dx));
}

// Return a tile of the hatching, as large as 7 CSS pixels; larger where lines must be wide.
function hatch(look, sharp) {
  const ratio = sharp * Math.max(1, look.fine / 1.5);
  const size = Math.round(7 * ratio);
  const tile = canvasOf(size, size);
  const context = tile.getContext("2d");
  context.strokeStyle = look.ink;
  context.lineWidth = 1.5 * ratio;
  context.beginPath();
  for (const shift of [-size, 0, size]) {
    context.moveTo(shift - 1, size + 1);
    context.lineTo(shift + size + 1, -1);
  }
  context.stroke();
  return tile;
}

function canvasOf(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, width);
  canvas.height = Math.max(1, height);
  return canvas;
}

// A training point of class k.
function mark(context, look, k, x, y, r) {
  context.beginPath();
  symbol(context, look.symbols[k % look.symbols.length], x, y, r);
  context.fillStyle = look.colour(k);
  context.strokeStyle = css(look.halo, 0.9);
  context.lineWidth = Math.max(0.8, r * 0.3);
  context.stroke();
  context.fill();
}

// A point to forget: larger, in a ring. If its label is corrected, the ring has the colour of the new class.
function ringed(context, look, k, x, y, r, label = k) {
  context.beginPath();
  disc(context, x, y, r * 1.75);
  context.fillStyle = css(look.halo, 0.85);
  context.fill();
  context.lineWidth = Math.max(1.2, look.fine, r * 0.42);
  context.strokeStyle = label === k ? look.sets.forget : look.colour(label);
  context.stroke();
  context.beginPath();
  symbol(context, look.symbols[k % look.symbols.length], x, y, r);
  context.fillStyle = look.colour(k);
  context.fill();
}

function crossAt(context, x, y, r) {
  const d = r * 1.05;
  context.moveTo(x - d, y - d);
  context.lineTo(x + d, y + d);
  context.moveTo(x - d, y + d);
  context.lineTo(x + d, y - d);
}

// A helper point: a small hollow shape in the colour of its class (k < 0: it has none), or the mark of what is predicted.
function helperMark(context, look, k, x, y, r, shape = "hollow", filled = false) {
  if (shape === "ghost") {
    targetAt(context, look, x, y, r);
    return;
  }
  if (shape !== "hollow") {
    judgedMark(context, look, shape === "easy", x, y, r, filled);
    return;
  }
  context.beginPath();
  if (k < 0) disc(context, x, y, r * 0.9);
  else symbol(context, look.symbols[k % look.symbols.length], x, y, r);
  context.fillStyle = look.halo;
  context.fill();
  context.lineWidth = Math.max(1.1, r * 0.4);
  context.strokeStyle = k < 0 ? look.ink : look.colour(k);
  context.stroke();
}

// A ring around a point to forget: solid if most retrained models still give it its label, else dashed.
function oracleRing(context, look, x, y, r, right) {
  context.beginPath();
  disc(context, x, y, r * 2.7);
  lift(context, look, right ? look.sets.retain : look.warning, Math.max(1.4, r * 0.5), right ? [] : [1.6, 1.2], 0.9);
}

// A target: where something is said to have been.
function targetAt(context, look, x, y, r) {
  context.beginPath();
  disc(context, x, y, r * 2.9);
  for (const [dx, dy] of [[1, 0], [0, 1], [-1, 0], [0, -1]]) {
    context.moveTo(x + 2.1 * r * dx, y + 2.1 * r * dy);
    context.lineTo(x + 4 * r * dx, y + 4 * r * dy);
  }
  lift(context, look, look.warning, Math.max(1.6, r * 0.5), [], 0.9);
}

// What a method predicts of a point: a disc = easy to forget, a diamond = hard; filled on points to forget, else hollow.
function judgedMark(context, look, easy, x, y, r, filled) {
  context.beginPath();
  symbol(context, easy ? "circle" : "diamond", x, y, filled ? r * 1.25 : r * 0.65);
  context.fillStyle = filled ? (easy ? look.sets.retain : look.warning) : look.halo;
  context.strokeStyle = filled ? look.halo : easy ? look.sets.retain : look.warning;
  context.lineWidth = Math.max(1.1, r * 0.4);
  context.fill();
  context.stroke();
}
