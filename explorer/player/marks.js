// Colours, shapes and strokes: the look of every mark, from the palette that the blob carries.

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const pack32 = ([r, g, b], alpha = 255) => ((alpha << 24) | (b << 16) | (g << 8) | r) >>> 0;
const mix = (from, to, t) => from.map((v, i) => Math.round(v + t * (to[i] - v)));
const css = (colour, alpha = 1) => `rgba(${(typeof colour === "string" ? rgb(colour) : colour).join(",")},${alpha})`;

// Everything about colour and weight of lines for one mode, at one size of type.
function makeLook(header, dark, projector, paper) {
  const palette = header.theme[dark ? "dark" : "light"];
  const classes = header.names.length;
  const colour = (k) => (k < classes ? palette.classes[k % palette.classes.length] : palette.muted);
  const shades = projector ? [0.3, 0.72] : dark ? [0.2, 0.56] : [0.15, 0.5];
  const ground = rgb(palette.panel);
  const shade = (k, share) => mix(ground, rgb(colour(k)), shades[0] + (shades[1] - shades[0]) * share ** 1.3);
  const [calm, steep] = palette.ramp.map(rgb);
  const ramp = Uint32Array.from({ length: 256 }, (_, i) => pack32(mix(calm, steep, (i / 255) * 0.85)));
  const logits = (i) => ((i / 4 - 128) * CLIP) / 127;
  const flat = (k) => pack32(shade(k, 0.35));
  return {
    ...palette,
    dark,
    projector,
    paper: paper || palette.paper,
    patterns: header.theme.patterns,
    symbols: header.theme.symbols,
    type: projector ? 18 : 13,
    stroke: projector ? 3.2 : 2.2,
    colour,
    shade,
    flat,
    tables: {
      margin: Uint32Array.from({ length: 1024 }, (_, i) => {
        const p = 1 / (1 + Math.exp(-Math.abs(logits(i))));
        return pack32(shade(i > 512 ? 1 : 0, 2 * p - 1));
      }),
      entropy: Uint32Array.from(NATS, (nats) => ramp[Math.round((255 * nats) / Math.LN2)]),
      excess: excessColours(ground, ...palette.diverging.map(rgb)),
      scores: Uint32Array.from({ length: (classes + 1) * BINS }, (_, i) => {
        const p = (i % BINS) / (BINS - 1);
        return pack32(shade(Math.floor(i / BINS), Math.max(0, (p * classes - 1) / (classes - 1))));
      }),
      nats: Math.log(classes),
      ramp,
    },
    font: (size, weight = 400) => `${weight} ${size}px ${header.font || FONT}`,
  };
}

const FONT = '"Source Sans","Source Sans Pro","Source Sans 3",system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif';

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
  } else {
    context.moveTo(x + r, y);
    context.arc(x, y, r, 0, 2 * Math.PI);
  }
}

function disc(context, x, y, r) {
  context.moveTo(x + r, y);
  context.arc(x, y, r, 0, 2 * Math.PI);
}

// Stroke the current path twice: a halo that lifts it from what lies under it, then the line.
function lift(context, look, colour, width, pattern = [], halo = 0.75) {
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

function hatch(look, ratio) {
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

// Text in lines that fit a width; a word longer than a line is broken.
function wrap(context, text, width) {
  const lines = [];
  let line = "";
  for (let word of text.split(/\s+/)) {
    while (context.measureText(word).width > width && word.length > 1) {
      let cut = word.length - 1;
      while (cut > 1 && context.measureText(word.slice(0, cut)).width > width) cut--;
      if (line) lines.push(line);
      lines.push(word.slice(0, cut));
      line = "";
      word = word.slice(cut);
    }
    const longer = line ? `${line} ${word}` : word;
    if (line && context.measureText(longer).width > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line) lines.push(line);
  return lines;
}

// Words on screen; header.look.words may replace any of them.
const WORDS = {
  step: "step {step} of {last}",
  jump: "{share} % of one jump",
  reference: "reference",
  computing: "computing …",
  region: "{name}",
  confidence: "confidence of the model, weak to strong",
  boundary: "boundary of the panel's model",
  original: "boundary before (original)",
  retrained: "boundary retrained without the forget points (same seed as the original)",
  members: "boundaries of the {count} models that vote, one line each",
  cloud: "{count} more retrained, other seeds",
  disagreement: "differs from most retrained models",
  entropy: "entropy, 0 to {top} nats",
  excess: "entropy minus the retrained models' mean: surer, −{top} nats{more}, to less sure, +{top}{more}",
  excessMore: " and beyond",
  slope: "local slope |df/dx| of the margin f, 0 to {top} per unit and more",
  point: "{name}",
  forget: "point to forget",
  lost: "…no longer given its label",
  relabelled: "…ring: its corrected label",
  moved: "…arrow: to its corrected place",
  helper: "{kind}",
  helperArrow: "{kind}, arrow from its origin",
  oracleRight: "oracle ring: most retrained models still give its label",
  oracleWrong: "…dashed: they do not",
  shadow: "extra class, dropped at the end",
  layers: "Show",
  play: "Play",
  pause: "Pause",
  back: "One keyframe back",
  ahead: "One keyframe on",
  scrub: "Position between the original (left) and the end of each path (right)",
  speed: "Speed",
  loop: "Loop",
  pick: "Choose points",
  pickHelp: "Click: forget this point alone. Shift-click: add or take away. Drag: a lasso around points (shift adds).",
  picture: "Picture",
  pictureHelp: "Save what is on screen as PNG",
  film: "Film",
  filmHelp: "Record one pass of the animation",
  link: "Link",
  full: "Full screen",
  stopped: "Stopped at the last finite model.",
};

const LAYER_WORDS = {
  confidence: "Confidence",
  entropy: "Entropy",
  excess: "Entropy excess",
  slope: "Slope",
  boundary: "Boundary",
  original: "Original",
  retrained: "Retrained",
  cloud: "More retrained",
  members: "Members",
  disagreement: "Disagreement",
  helpers: "Helper points",
  oracle: "Oracle",
};
const FILLS = ["slope", "excess", "entropy", "confidence"]; // the first that is on colours the plane

const say = (words, key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const short = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(0) : value.toFixed(value < 1 ? 2 : 1));
