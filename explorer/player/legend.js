// The legend: one entry {text, width, draw(context, x, y)} for every colour, shape and dash that is visible now. y is the
// middle of the entry's first line.

function legendOf({ scene, header }, panels, layers, look, words, radius, steep) {
  const items = [];
  const unit = look.type;
  const line = (key, text, width, pattern, alpha = 1) =>
    items.push({
      text,
      width: 3 * unit,
      draw: (c, x, y) => {
        c.beginPath();
        c.moveTo(x, y);
        c.lineTo(x + 3 * unit, y);
        lift(c, look, css(look.models[key], alpha), width, pattern, 0);
      },
    });
  const bar = (text, paintAt, width = 3.6 * unit) =>
    items.push({
      text,
      width,
      draw: (c, x, y) => {
        const h = unit * 0.85;
        for (let i = 0; i < 24; i++) {
          c.fillStyle = paintAt((i + 0.5) / 24);
          c.fillRect(x + (i * width) / 24, y - h / 2, width / 24 + 0.5, h);
        }
        c.strokeStyle = look.line;
        c.lineWidth = look.rule;
        c.strokeRect(x + 0.5, y - h / 2 + 0.5, width - 1, h - 1);
      },
    });
  const r = Math.max(radius, unit * 0.27);
  const names = header.names;

  const present = [...new Set(scene.y)].sort((a, b) => a - b);
  const fill = FILLS.find((name) => layers.has(name));
  for (const k of present.length ? present : names.map((_, i) => i)) {
    items.push({
      text: say(words, "point", { name: names[k] }),
      width: 1.3 * unit,
      draw: (c, x, y) => mark(c, look, k, x + 0.65 * unit, y, r * 1.25),
    });
  }
  if (fill === "confidence" || fill === undefined)
    for (const k of pointless(scene, panels, present))
      items.push({
        text: say(words, "region", { name: names[k] }),
        width: 1.3 * unit,
        draw: (c, x, y) => {
          c.fillStyle = css(look.shade(k, 0.8));
          c.fillRect(x + 0.15 * unit, y - 0.43 * unit, unit, 0.86 * unit);
          c.strokeStyle = look.colour(k);
          c.lineWidth = look.rule;
          c.strokeRect(x + 0.15 * unit, y - 0.43 * unit, unit, 0.86 * unit);
        },
      });
  if (scene.forget.length) {
    const k = scene.y[scene.forget[0]];
    items.push({
      text: words.forget,
      width: 1.7 * unit,
      draw: (c, x, y) => ringed(c, look, k, x + 0.85 * unit, y, r * 1.15),
    });
    items.push({
      text: words.lost,
      width: 1.3 * unit,
      draw: (c, x, y) => {
        c.beginPath();
        crossAt(c, x + 0.65 * unit, y, r * 1.15);
        lift(c, look, look.ink, Math.max(1.3, r * 0.42), [], 0.9);
      },
    });
    const rows = [...scene.forget];
    const turned = rows.findIndex((row, i) => scene.afterY[i] !== scene.y[row]);
    if (turned >= 0)
      items.push({
        text: words.relabelled,
        width: 1.7 * unit,
        draw: (c, x, y) => ringed(c, look, scene.y[rows[turned]], x + 0.85 * unit, y, r * 1.15, scene.afterY[turned]),
      });
    if (moves(scene))
      items.push({
        text: words.moved,
        width: 2.6 * unit,
        draw: (c, x, y) => {
          c.beginPath();
          arrow(c, x, y, x + 2.6 * unit, y, unit * 0.4);
          lift(c, look, look.sets.forget, 1.6, [], 0);
        },
      });
  }
  if (layers.has("boundary")) line("unlearned", words.boundary, look.stroke, []);
  for (const [key, of] of [["members", (panel) => panel.kind !== "certified"], ["draws", (panel) => panel.kind === "certified"]]) {
    const several = [...new Set(panels.filter(of).map((panel) => panel.members.length))].filter(Boolean).sort((a, b) => a - b);
    if (layers.has("members") && several.length)
      line("unlearned", say(words, key, { count: several.join(", ") }), look.stroke * 0.4, [], 0.85);
  }
  if (layers.has("original")) line("original", words.original, look.stroke * 0.72, look.patterns.original);
  if (layers.has("retrained")) line("retrained", words.retrained, look.stroke * 0.8, look.patterns.retrained);
  if (layers.has("cloud"))
    line("retrained", say(words, "cloud", { count: scene.retrained.length }), look.stroke * 0.4, [], 0.75);
  if (layers.has("disagreement"))
    items.push({
      text: words.disagreement,
      width: 2.4 * unit,
      draw: (c, x, y) => {
        c.fillStyle = c.createPattern(hatch(look, 1), "repeat");
        c.fillRect(x, y - unit * 0.45, 2.4 * unit, unit * 0.9);
        c.strokeStyle = look.line;
        c.lineWidth = look.rule;
        c.strokeRect(x + 0.5, y - unit * 0.45 + 0.5, 2.4 * unit - 1, unit * 0.9 - 1);
      },
    });
  if (fill === "confidence") {
    const shown = names.map((_, k) => k).slice(0, 10);
    bar(
      words.confidence,
      (t) => {
        if (shown.length === 2) return css(look.shade(t < 0.5 ? 0 : 1, Math.abs(2 * t - 1)));
        const k = Math.min(shown.length - 1, Math.floor(t * shown.length));
        return css(look.shade(shown[k], t * shown.length - k));
      },
      (shown.length > 2 ? 1.8 * shown.length : 5) * unit,
    );
  }
  const from = (table) => (t) => {
    const v = table[Math.min(table.length - 1, Math.floor(t * table.length))];
    return css([v & 255, (v >> 8) & 255, (v >> 16) & 255]);
  };
  const ramp = from(look.tables.ramp);
  if (fill === "entropy") bar(say(words, "entropy", { top: look.tables.nats.toFixed(2) }), ramp);
  if (fill === "excess") {
    const more = panels.some((panel) => panel.channels > 1) ? words.excessMore : ""; // two classes: at most ln 2
    bar(say(words, "excess", { top: EXCESS_END.toFixed(2), more }), from(look.tables.excess), 5 * unit);
  }
  if (fill === "slope") bar(say(words, "slope", { top: short(steep) }), ramp);
  if (panels.some((panel) => panel.channels > Math.max(2, scene.classes)))
    bar(words.shadow, () => css(look.shade(scene.classes, 0.6)), 1.6 * unit);
  if (layers.has("helpers")) {
    const kinds = new Map();
    for (const panel of panels)
      for (const helper of panel.helpers)
        if (!kinds.has(helper.kind)) kinds.set(helper.kind, [helper.mark, helper.origin.some((row) => row >= 0)]);
    for (const [kind, [shape, placed]] of kinds) {
      const arrows = placed && (shape === "hollow" || shape === "ghost");
      items.push({
        text: say(words, arrows ? "helperArrow" : "helper", { kind }),
        width: (arrows ? 3.2 : 1.4) * unit,
        draw: (c, x, y) => {
          if (arrows) {
            c.beginPath();
            arrow(c, x, y, x + 2.4 * unit, y, unit * 0.35, r * 1.4);
            lift(c, look, look.ink, 1.1, [], 0);
          }
          helperMark(c, look, 0, x + (arrows ? 2.5 : 0.7) * unit, y, shape === "ghost" ? r * 0.5 : r, shape, placed);
        },
      });
    }
  }
  if (layers.has("oracle") && scene.right && scene.forget.length)
    for (const [text, right] of [[words.oracleRight, true], [words.oracleWrong, false]])
      items.push({
        text,
        width: 2.2 * unit,
        draw: (c, x, y) => oracleRing(c, look, x + 1.1 * unit, y, r * 0.8, right),
      });
  if (panels.some((panel) => panel.gauge))
    items.push({
      text: words.gauge,
      width: 1.3 * unit,
      draw: (c, x, y) => gaugeBar(c, look, x + 0.3 * unit, y - 0.5 * unit, 0.6 * unit, unit, 0.6),
    });
  if (panels.some((panel) => panel.trouble))
    items.push({
      text: words.warning,
      width: 1.3 * unit,
      draw: (c, x, y) => warningSign(c, look, x + 0.65 * unit, y, unit * 0.5),
    });
  if (header.look.focus && Math.max(header.look.expected.length, panels.length) > 1)
    items.push({
      text: words.focus,
      width: 1.5 * unit,
      draw: (c, x, y) => {
        c.strokeStyle = look.accent;
        c.lineWidth = 2;
        c.strokeRect(x + 1, y - 0.45 * unit, 1.2 * unit, 0.9 * unit);
      },
    });
  const plain = (text) => items.push({ text, width: 0, draw: () => undefined });
  if (panels.some((panel) => Object.keys(panel.accuracy).length)) plain(words.numbers);
  if (panels.some((panel) => panel.cost)) plain(words.work);
  if (header.overlay) items.push(...overlayItems({ header, words }, look, unit));
  return items.filter((item) => item.text); // a picture that replaces a word by nothing has no such entry
}

// Classes that have a region somewhere but no training point, so that no mark explains their colour.
function pointless(scene, panels, present) {
  if (!present.length || present.length >= scene.classes) return [];
  const grids = [scene.original, scene.paired, ...scene.retrained, ...panels];
  const seen = (k) => grids.some((one) => k < one.channels && wins(one, k));
  return Array.from({ length: scene.classes }, (_, k) => k).filter((k) => !present.includes(k) && seen(k));
}

const WINNERS = new WeakMap(); // grids -> Map: class -> whether it wins in any cell

function wins({ grids, channels, size }, k) {
  if (channels < 2) return false;
  if (!WINNERS.has(grids)) WINNERS.set(grids, new Map());
  const known = WINNERS.get(grids);
  if (!known.has(k)) {
    const cells = size * size;
    let found = false;
    for (let at = k * cells; at < grids.length && !found; at += channels * cells)
      found = grids.subarray(at, at + cells).includes(255);
    known.set(k, found);
  }
  return known.get(k);
}

function moves(scene) {
  return [...scene.forget].some((row, i) => {
    const dx = scene.afterAt[2 * i] - scene.at[2 * row];
    const dy = scene.afterAt[2 * i + 1] - scene.at[2 * row + 1];
    return Math.hypot(dx, dy) > 1e-4;
  });
}
