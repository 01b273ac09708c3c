// The frame of one panel: its title and what it has to say, its axes, its note. A panel that is still computing shows a calm grey box.

function drawFrame(state, box) {
  const { context: c, layout, look, words } = state;
  const { heading, footer, axis } = layout;
  const panel = state.byName.get(box.name);
  const { top } = box;
  const focused = layout.boxes.length > 1 && !look.presents && state.header.look.focus === box.name;
  const room = heading.two ? box.w : box.w - heading.steps - look.type;
  let title = box.title;
  c.font = look.font(heading.size, 600);
  if (look.presents && c.measureText(title).width > room) c.font = look.font(look.type * 0.82, 600);
  while (title.length > 4 && c.measureText(title).width > room) title = `${title.slice(0, -2).trimEnd()}…`;
  c.fillStyle = look.ink;
  c.fillText(title, box.x, top + heading.line * 0.72);
  box.titled = c.measureText(title).width;
  drawSaid(state, box, panel);
  c.strokeStyle = focused ? look.accent : look.line;
  c.lineWidth = focused ? 2 : look.rule;
  c.lineJoin = "miter";
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
  const { numbers, note } = footer.wrapped.get(box.name);
  const y = box.y + box.h + axis.below + footer.size * (1.1 + 1.32 * numbers);
  c.font = look.font(footer.size);
  c.fillStyle = look.muted;
  note.forEach((text, k) => c.fillText(text, box.x, y + footer.size * 1.32 * k));
}

// Write under a panel's title what went wrong in it, or why nothing moves.
function drawSaid({ context: c, layout, look }, box, panel) {
  const { base, small, said } = layout.heading;
  const lines = said.get(box.name) || [];
  const y = box.top + base + small * 0.75;
  if (lines.length && panel.trouble) warningSign(c, look, box.x + small * 0.55, y - small * 0.33, small * 0.6);
  c.font = look.font(small);
  c.fillStyle = panel && panel.trouble ? look.warning : look.ink;
  lines.forEach((text, k) => c.fillText(text, box.x + indent(panel, small), y + small * 1.3 * k));
}

function drawAxes(state, box) {
  const { context: c, layout, look, header } = state;
  const { axis } = layout;
  const [low, high] = [header.plane.low, header.plane.high];
  c.font = look.font(axis.font);
  c.fillStyle = look.muted;
  c.strokeStyle = look.line;
  c.lineWidth = look.rule;
  const reach = 3 + look.rule;
  c.textAlign = "center";
  const name = c.measureText("x₁").width;
  let free = box.x - axis.font;
  for (const { at, text } of ticks(low[0], high[0], box.w / (look.type * 4.2))) {
    const x = box.x + ((at - low[0]) / (high[0] - low[0])) * box.w;
    const half = c.measureText(text).width / 2;
    c.beginPath();
    c.moveTo(x, box.y + box.h + 1);
    c.lineTo(x, box.y + box.h + reach);
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
      c.lineTo(box.x - reach, y);
      c.stroke();
      if (y - axis.font * 0.5 > box.y + axis.font * 1.1) c.fillText(text, box.x - 2 - reach, y + axis.font * 0.35);
    }
    c.fillText("x₂", box.x - 2 - reach, box.y + axis.font * 0.85);
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
