// The probe: the training point that is looked at, by pointer or by keyboard, and the read-out beside it.

class Probe {
  // tip: element of the read-out; live: element that a screen reader reads; set(values): change the state and draw anew.
  constructor(state, tip, live, set) {
    Object.assign(this, { state, tip, live, set });
    this.box = null; // of the panel in which the pointer found the point; null after the keyboard
    this.written = 0; // when the read-out was last written
  }

  // Look at a training point, -1 = at none.
  look(row, box = null) {
    if (box) this.box = box;
    if (row === this.state.hover) return;
    if (!box) this.box = null;
    this.set({ hover: row });
  }

  // Look at the next (1) or the previous (-1) point, those to forget first, and say what it is.
  walk(by) {
    const { scene, hover } = this.state;
    const order = [...scene.forget, ...scene.y.keys()].filter((row, i) => i < scene.forget.length || !scene.isForget[row]);
    const at = order.indexOf(hover);
    this.look(order[(at + (at < 0 && by < 0 ? 0 : by) + order.length) % order.length]);
    this.live.textContent = pointText(this.state);
  }

  // Bring the read-out up to date. It is rarely rewritten while the animation plays: layout takes time.
  show(now) {
    const { state, tip } = this;
    if (state.hover < 0) tip.hidden = true;
    else if (!state.playing || now - this.written > 90) {
      this.written = now;
      const [x, y] = placeOf(this.box || state.views[0].box, state.scene.at, state.hover);
      tip.innerHTML = tipOf(state);
      tip.hidden = false;
      putBeside(tip, x, y);
    }
  }
}

// What lies at a place [x, y] of the canvas, in CSS pixels: a panel, a training point of a panel, a panel's title.

function viewAt({ views }, [x, y]) {
  return views.find(({ box }) => x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h);
}

// Row of the nearest point, -1 if none is near.
function pointAt({ scene, radius }, [x, y], box) {
  let best = (radius * 2 + 6) ** 2;
  let row = -1;
  for (let i = 0; i < scene.y.length; i++) {
    const [px, py] = placeOf(box, scene.at, i);
    const far = (px - x) ** 2 + (py - y) ** 2;
    if (far < best) [best, row] = [far, i];
  }
  return row;
}

function titleAt({ layout }, [x, y]) {
  const { base } = layout.heading;
  return layout.boxes.find((box) => x >= box.x && x <= box.x + box.titled + 24 && y >= box.top && y < box.top + base);
}

// What a point is, and its confidence in each panel: in one sentence, and as HTML.

const aboutPoint = ({ scene, hover, header, words }) => [
  say(words, "pointNumber", { index: hover }), header.names[scene.y[hover]], scene.isForget[hover] ? words.inForget : words.inRetain,
];

// The panels that show a model of their own.
const answering = (state) => state.views.filter(({ panel }) => !panel.refused);

function pointText(state) {
  const confidences = answering(state).map(({ panel }) => `${panel.title} ${confidenceAt(panel, state.hover, state.progress).toFixed(2)}`);
  return `${aboutPoint(state).join(", ")}. ${confidences.join(", ")}`;
}

function tipOf(state) {
  const { scene, hover, words } = state;
  const escape = (text) => text.replace(/[&<>]/g, (ch) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[ch]);
  const rows = answering(state).map(({ panel }) => {
    const value = confidenceAt(panel, hover, state.progress);
    const share = (100 * value).toFixed(0);
    return `<tr><td>${escape(panel.title)}</td><td><i><i style="width:${share}%"></i></i></td><td>${value.toFixed(2)}</td></tr>`;
  });
  const [x, y] = [scene.x[2 * hover], scene.x[2 * hover + 1]].map((v) => v.toPrecision(3));
  const [number, name, set] = aboutPoint(state).map(escape);
  return (
    `<b>${number}</b> · ${name} · ${set}` +
    `<div class="sub">x₁ ${x}, x₂ ${y} · ${words.tipConfidence}</div><table>${rows.join("")}</table>`
  );
}

// Put an element beside a place: right of it if there is room, else left, and inside its parent.
function putBeside(element, x, y) {
  const { width, height } = element.getBoundingClientRect();
  const { clientWidth, clientHeight } = element.parentElement;
  const left = x + 18 + width > clientWidth ? x - 18 - width : x + 18;
  element.style.left = `${Math.max(0, left)}px`;
  element.style.top = `${Math.max(0, Math.min(y - height / 2, clientHeight - height))}px`;
}
