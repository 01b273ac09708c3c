// Where everything stands on the canvas, in CSS pixels snapped to device pixels. It depends on the width, the expected panels
// and the words, never on which panels have arrived, so nothing jumps.

// Least width of a panel, by `projector`.
const MIN_PANEL = { false: 168, true: 250 };
// Panels in one column may grow to this width even if the player becomes higher than it should be.
const EASY_PANEL = 240;
// A player wider than this may have its legend beside the panels.
const WIDE = 700;

// room: height that the player should have.
function layoutOf(context, state, width, room) {
  const { header, look, words, items } = state;
  const { projector, type } = look;
  const snap = (v) => Math.round(v * state.ratio) / state.ratio;
  const expected = header.look.expected.length ? header.look.expected : header.panels.map((p) => [p.name, p.title]);
  const byName = new Map(header.panels.map((panel) => [panel.name, panel]));
  const gap = snap(type * 1.1);
  const axis = { left: snap(type * 2.3), below: snap(type * 1.25), font: type * 0.82 };
  const [dx, dy] = [0, 1].map((i) => header.plane.high[i] - header.plane.low[i]);
  const free = dx / dy > 2.4 || dx / dy < 0.55; // then the axes cannot share a scale
  const aspect = free ? 4 / 3 : dx / dy;

  let top = 0;
  const texts = [];
  const paragraph = (text, size, weight, colour, space) => {
    context.font = look.font(size, weight);
    for (const line of wrap(context, text, width)) {
      texts.push({ text: line, x: 0, y: top + size * 0.95, font: context.font, colour });
      top += size * 1.32;
    }
    top += space;
  };
  if (header.look.title) paragraph(header.look.title, type * 1.35, 650, look.ink, type * 0.1);
  if (header.look.ratio) paragraph(header.look.ratio, type * 1.05, 400, look.muted, type * 0.1);
  if (top) top = snap(top + type * 0.5);

  const count = expected.length;
  const measure = (across, columns, widest = Infinity) => {
    const rows = Math.ceil(count / columns);
    const w = snap(Math.min(widest, Math.floor((across - 2 - axis.left - gap * (columns - 1)) / columns))); // 2: the frame
    const h = snap(w / aspect);
    const heading = headings(context, state, expected, byName, w, columns);
    const footer = footers(context, state, expected, byName, w, columns);
    const tops = [0];
    footer.heights.forEach((below, row) => tops.push(snap(tops.at(-1) + heading.heights[row] + h + axis.below + below + gap)));
    return { columns, rows, w, h, heading, footer, tops, height: tops[rows] - gap };
  };
  const least = look.presents ? Math.max(MIN_PANEL.false, 7 * type) : MIN_PANEL[projector];
  // The arrangement with the largest panels that a width and a height allow.
  const arrange = (across, limit) => {
    let grid = null;
    for (let rows = 1; rows <= count; rows++) {
      const columns = Math.ceil(count / rows);
      if (Math.ceil(count / columns) !== rows) continue;
      const tried = measure(across, columns);
      if (tried.w < least && columns > (across > 340 ? 2 : 1)) continue;
      // Make each arrangement as large as the room allows, and keep the one with the largest panels.
      const within = (height) => aspect * (tried.h - Math.max(0, tried.height - height) / rows);
      const easy = columns === 1 && (!grid || grid.w < least) ? EASY_PANEL : least;
      const best = Math.max(least, easy, within(limit));
      let fitted = best < tried.w ? measure(across, columns, best) : tried;
      // Narrower panels may need more lines of text.
      if (best > Math.max(least, easy) && fitted.height > limit)
        fitted = measure(across, columns, Math.max(least, easy, best - (aspect * (fitted.height - limit)) / rows));
      if (!grid || fitted.w > grid.w) grid = fitted;
    }
    if (header.look.columns) grid = measure(across, Math.min(header.look.columns, count));
    grid = grid || measure(across, 1);
    const smaller = Math.max(240, aspect * (grid.h - grid.height + limit));
    return grid.rows === 1 && grid.height > limit ? measure(across, grid.columns, smaller) : grid;
  };

  const space = type * 0.9; // above the legend
  let legend = legendRows(context, look, items, width);
  let grid = arrange(width, room - top - legend.height - space - 2);
  // A low window has room for the legend beside the panels where it has none below them.
  let aside = 0;
  const below = grid.height + space + legend.height;
  if (width > WIDE && top + below + 2 > room + 2) {
    // 2: sizes are rounded
    const across = snap(Math.max(Math.min(0.3 * width, 22 * type), ...items.map((item) => item.width)));
    const [tall, other] = [legendRows(context, look, items, across), arrange(width - across - 2 * gap, room - top - 2)];
    const beside = Math.max(other.height, other.heading.heights[0] + tall.height);
    if (beside < below && other.w > 0.8 * grid.w) [legend, grid, aside] = [tall, other, across + 2 * gap];
  }

  const used = axis.left + grid.columns * grid.w + (grid.columns - 1) * gap;
  const left = snap(Math.max(0, (width - used - aside) / 2) + axis.left);
  const boxes = expected.map(([name, title], i) => {
    const column = i % grid.columns;
    const row = Math.floor(i / grid.columns);
    const above = snap(top + grid.tops[row]);
    const y = snap(above + grid.heading.heights[row]);
    return { name, title, column, row, x: snap(left + column * (grid.w + gap)), top: above, y, w: grid.w, h: grid.h };
  });
  legend.left = aside ? snap(left - axis.left + used + 2 * gap) : 0;
  legend.top = snap(aside ? top + grid.heading.heights[0] : top + grid.height + space);
  return {
    width,
    axis,
    texts,
    boxes,
    heading: grid.heading,
    footer: grid.footer,
    legend,
    height: Math.ceil(Math.max(top + grid.height, legend.top + legend.height) + 2),
  };
}

// Where point i stands in a box; at: x, y, x, y, ... of points in the unit square, from its lower left corner.
const placeOf = (box, at, i) => [box.x + at[2 * i] * box.w, box.y + (1 - at[2 * i + 1]) * box.h];

// The title is on the left and the step on the right. If any panel is too narrow for both, all steps move under the titles.
// Under them stands what a panel has to say; heights: of each row, as high as its longest text, lines of which there are.
// While a hand moves a slider no row loses lines that it had (`state.lines`): the panels would jump under the eye.
function headings(context, state, expected, byName, width, columns) {
  const { look } = state;
  const size = look.type * 1.08;
  const small = look.type * (look.presents ? 0.82 : 0.92);
  let widest = 0;
  let steps = 0;
  context.font = look.font(size, 600);
  for (const [, title] of expected) widest = Math.max(widest, context.measureText(title).width);
  context.font = look.font(small);
  for (const panel of byName.values()) steps = Math.max(steps, context.measureText(stepText(state, panel, 1)).width);
  steps = Math.max(steps, context.measureText(say(state.words, "step", { step: 200, last: 200 })).width);
  const two = widest + steps + look.type * 1.6 > width;
  const line = size * 1.4;
  const base = Math.round(line + (two ? small * 1.3 : 0) + 2);
  const said = new Map();
  for (const [name, panel] of byName) {
    const text = panel.trouble || panel.unmoved;
    if (text) said.set(name, wrap(context, text, width - indent(panel, small)));
  }
  const [heights, lines] = [[], []];
  for (let first = 0; first < expected.length; first += columns) {
    const most = Math.max(...expected.slice(first, first + columns).map(([name]) => (said.get(name) || []).length));
    lines.push(Math.max(most, state.lines[lines.length] || 0));
    heights.push(Math.round(base + lines.at(-1) * small * 1.3));
  }
  return { size, small, two, steps, line, base, said, heights, lines };
}

// Room for the warning sign before what a panel has to say.
const indent = (panel, size) => (panel && panel.trouble ? size * 1.5 : 0);

// Numbers and note under each picture, wrapped; heights: of each row, as high as its longest text.
function footers(context, state, expected, byName, width, columns) {
  const { look, header } = state;
  const size = look.type * 0.96;
  const wrapped = new Map();
  const [fewest, least] = header.look.lines;
  const heights = [];
  context.font = look.font(size);
  for (let first = 0; first < expected.length; first += columns) {
    let [scores, notes] = [fewest, least];
    for (const [name] of expected.slice(first, first + columns)) {
      const panel = byName.get(name);
      if (!panel) continue;
      const numbers = widestLines(state, panel).flatMap((text) => wrap(context, text, width)).length;
      const note = wrap(context, noteOf(state, panel), width);
      wrapped.set(name, { numbers, note });
      scores = Math.max(scores, numbers);
      notes = Math.max(notes, note.length);
    }
    heights.push(Math.round((scores + notes) * size * 1.32 + (scores + notes ? 4 : 0)));
  }
  return { size, wrapped, heights };
}

// Place the entries in rows; a text wider than the legend is wrapped, and stands under its mark where it has no room beside it.
function legendRows(context, look, items, width) {
  const size = look.type * 0.96;
  const line = size * 1.65;
  const space = look.type * 1.5;
  const entries = [];
  let [x, row] = [0, 0];
  context.font = look.font(size);
  for (const item of items) {
    const wide = item.width + look.type * 0.5;
    let lines = [item.text];
    let long = wide + context.measureText(item.text).width;
    const under = long > width && width - wide < 7 * look.type;
    const before = under ? 0 : wide;
    if (x && x + long > width) [x, row] = [0, row + 1];
    if (long > width) {
      lines = [...(under ? [""] : []), ...wrap(context, item.text, width - before)];
      long = width;
    }
    entries.push({ item, x, row, before, lines });
    row += lines.length - 1;
    x += long + space;
  }
  return { entries, size, line, height: items.length ? (row + 1) * line + 4 : 0 };
}

// What the heading says of the position: the step, the share of a jump, or that the panel is a reference.
function stepText(state, panel, progress) {
  if (panel.way && panel.step.length > 1) return wayText(state, panel, progress);
  if (panel.kind === "reference") return panel.several ? say(state.words, "several", { count: panel.several }) : state.words.reference;
  if (panel.step.length < 2) return "";
  if (panel.straight || panel.last - panel.first <= 1) return say(state.words, "jump", { share: Math.round(100 * progress) });
  return say(state.words, "step", { step: Math.round(stepAt(panel, progress)), last: panel.last });
}

// The same of a panel that follows no method: steps of training on, a place between two models, or the share of a way.
function wayText({ words }, panel, progress) {
  if (panel.way === "a") return say(words, "wayA", { a: placeOn(panel, progress) });
  if (panel.way === "request") return say(words, "request", { step: requestsAt(panel, progress), last: panel.last });
  if (panel.way === "probe") return say(words, "wayProbe", { share: Math.round(100 * progress) });
  return say(words, "step", { step: Math.round(stepAt(panel, progress)), last: panel.last });
}

// The same as short as it stands beside the slider; "" for what is said there in percent.
function placeText({ words }, panel, progress) {
  if (panel.way === "a") return say(words, "wayA", { a: placeOn(panel, progress) });
  return panel.way === "request" ? say(words, "requestShort", { step: requestsAt(panel, progress), last: panel.last }) : "";
}

const placeOn = ({ ends: [low, high] }, progress) => (low + progress * (high - low)).toFixed(2).replace("-", "−");

const brokenTexts = new Map(); // font, width and text -> lines; measuring is slow, and most texts stay while a slider moves
const WRAPPED = 2000;
if (document.fonts) document.fonts.addEventListener("loadingdone", () => brokenTexts.clear()); // texts are wider or narrower then

// Break a text into lines that fit a width, and words that are longer than a line too. Nobody may change what it returns.
function wrap(context, text, width) {
  const key = `${context.font}\n${width}\n${text}`;
  let lines = brokenTexts.get(key);
  if (!lines) {
    if (brokenTexts.size >= WRAPPED) brokenTexts.clear();
    brokenTexts.set(key, (lines = broken(context, text, width)));
  }
  return lines;
}

function broken(context, text, width) {
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

// Return round numbers inside an interval, about as many as asked for, with their texts.
function ticks(low, high, count) {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const out = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) out.push({ at: k * step, text: (k * step || 0).toFixed(Math.min(6, digits)).replace("-", "−") });
  return out;
}
