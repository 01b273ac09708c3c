// The player: state, clock, input. Mounted by `mount` anywhere, by the default export as a Streamlit component.
//
// Callbacks, all optional, called on what the user does and never on mounting:
//   step(progress)      the animation came to rest (after .3 s)
//   layers([names])     layers were switched
//   pick({index})       points were chosen on the picture
//   focus(name)         a panel's title was clicked
//   capture({fps, frames})  one pass of the animation, frames as data URLs

const SECONDS = 6; // one pass at speed 1
const HOLD = 1.1; // seconds at the end before the next pass
const REPORT = 300; // ms of rest before the position is reported

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  if (!(data instanceof Uint8Array)) return undefined;
  const player = mount(parentElement, data, {
    step: (value) => setStateValue("step", value),
    layers: (value) => setStateValue("layers", value),
    pick: (value) => setTriggerValue("pick", value),
    focus: (value) => setTriggerValue("focus", value),
    capture: (value) => setTriggerValue("capture", value),
  });
  // Called when the element leaves the page, and also when this call came too late: the module was still being loaded
  // when newer data came. The player is then the newer call's.
  const { mounted } = player;
  return () => player.mounted === mounted && player.unmount();
}

export function mount(root, bytes, callbacks = {}) {
  // State lives on the root: a new call with new data continues the same player.
  if (!root.explorerPlayer) root.explorerPlayer = new Player(root);
  root.explorerPlayer.mounted++;
  root.explorerPlayer.callbacks = callbacks;
  root.explorerPlayer.show(bytes);
  return root.explorerPlayer;
}

class Player {
  constructor(root) {
    this.root = root;
    this.wrapper = document.createElement("div");
    this.wrapper.className = "explorer-player";
    this.wrapper.innerHTML =
      '<div class="stage"><canvas tabindex="0" role="img" aria-keyshortcuts="Space ArrowLeft ArrowRight Home End [ ] ArrowUp ArrowDown">' +
      '</canvas><div class="tip" hidden></div></div><div class="bar"></div><div class="live" aria-live="polite"></div>';
    root.append(this.wrapper);
    const find = (what) => this.wrapper.querySelector(what);
    [this.canvas, this.tip, this.bar, this.live] = [find("canvas"), find(".tip"), find(".bar"), find(".live")];
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.night = matchMedia("(prefers-color-scheme: dark)");
    this.cursors = new Cursors();
    this.generations = {};
    this.state = {
      context: this.canvas.getContext("2d"), header: null, views: [], panels: [], byName: new Map(), layers: new Set(),
      progress: 1, playing: false, speed: 1, loop: true, hover: -1, choosing: false, lasso: null, callbacks: {}, words: WORDS,
    };
    this.frames = { delta: [], script: [] };
    this.held = this.mounted = 0;
    this.listen();
  }

  get callbacks() {
    return this.state.callbacks;
  }

  set callbacks(value) {
    this.state.callbacks = value;
  }

  // --- data ---------------------------------------------------------------------------------------------------

  show(bytes) {
    const { state } = this;
    const before = state.header;
    const header = decode(bytes, before);
    if (before && before.id === header.id) {
      this.restyle();
      return;
    }
    const asked = header.look;
    const was = before ? before.look : null;
    Object.assign(state, { header, scene: header.scene, panels: header.panels, words: { ...WORDS, ...asked.words } });
    state.byName = new Map(header.panels.map((panel) => [panel.name, panel]));
    if (!was || was.layers.join() !== asked.layers.join()) state.layers = new Set(asked.layers);
    if (!was) {
      state.playing = asked.play && !this.calm.matches && header.panels.some((panel) => panel.step.length > 1);
      state.progress = this.calm.matches ? (asked.play ? 1 : asked.step) : state.playing ? 0 : asked.step;
    } else if (was.step !== asked.step && asked.step !== this.reported) {
      state.progress = asked.step;
      state.playing = false;
    }
    if (!header.kept) {
      this.scenes = (this.scenes || 0) + 1;
      state.ghosts = state.vote = state.mean = state.steep = null;
      state.hover = -1;
    }
    const needs = [asked.controls, Object.keys(this.callbacks), offers(header, "helpers"), offers(header, "oracle"), offers(header, "members"), asked.words];
    if (this.built !== JSON.stringify(needs)) this.parts = buildBar(this.bar, state, this.actions()); // else focus would be lost
    this.built = JSON.stringify(needs);
    this.restyle(true);
    window.explorerPlayer = this.hook();
  }

  // Find mode, sizes and fonts anew, and lay out.
  restyle(force = false) {
    const { state } = this;
    const style = getComputedStyle(this.wrapper);
    const page = style.getPropertyValue("--st-background-color").trim();
    const mode = state.header.look.mode;
    const dark = mode === "auto" ? (page ? luminance(page) < 0.5 : this.night.matches) : mode === "dark";
    const full = document.fullscreenElement && this.wrapper.matches(":fullscreen");
    const projector = state.header.look.projector || Boolean(full);
    const paper = mode === "auto" && /^#[0-9a-f]{6}$/i.test(page) ? page : "";
    const ratio = Math.min(2.5, window.devicePixelRatio || 1);
    const width = Math.floor(this.canvas.clientWidth || this.wrapper.clientWidth || 960);
    const sign = [dark, projector, paper, ratio, width, full && innerHeight].join();
    if (!force && sign === this.sign) return;
    this.sign = sign;
    state.header.font = style.getPropertyValue("--st-font").trim() || FONT;
    state.look = makeLook(state.header, dark, projector, paper);
    state.ratio = ratio;
    for (const name of ["ink", "muted", "line", "paper", "panel", "accent"])
      this.wrapper.style.setProperty(`--${name}`, state.look[name]);
    this.wrapper.style.setProperty("--type", `${state.look.type}px`);
    this.place(width, full);
  }

  // Lay out, make what each panel draws with, and draw.
  place(width, full) {
    const { state } = this;
    const all = innerHeight - this.bar.offsetHeight - 44;
    const room = full ? all : Math.max(480, 0.86 * innerHeight - 110);
    state.radius = 3;
    for (let pass = 0; pass < 2; pass++) {
      // twice: the legend's marks have the size of the points, and that depends on the layout
      state.items = legendOf({ ...state.scene, names: state.header.names }, state.panels, state.layers, state.look, state.words, state.radius, this.steepness());
      state.layout = layoutOf(state.context, state, width, room, Math.max(all, room));
      const { w, h } = state.layout.boxes[0];
      const dense = Math.sqrt((w * h) / Math.max(60, state.scene.y.length));
      state.radius = Math.min(state.look.projector ? 6.5 : 5, Math.max(1.5, 0.21 * dense));
    }
    const { layout, ratio } = state;
    const [across, down] = [Math.round(layout.width * ratio), Math.round(layout.height * ratio)];
    if (this.canvas.width !== across || this.canvas.height !== down) [this.canvas.width, this.canvas.height] = [across, down];
    this.canvas.style.height = `${layout.height}px`;
    this.prepare();
    drawStatic(state);
    this.redraw = true;
    this.wake();
  }

  prepare() {
    const { state } = this;
    const { layout, scene, header } = state;
    const box = layout.boxes[0];
    const factor = factorOf(header, layout.boxes.length, box.w * state.ratio);
    if (!state.ghosts || state.factor !== factor) {
      state.ghosts = {
        original: still(scene.original, factor),
        paired: still(scene.paired, factor),
        cloud: scene.retrained.map((model) => still(model, factor)),
      };
      state.vote = state.mean = null;
      state.views = [];
    }
    state.factor = factor;
    if (state.layers.has("disagreement") && !state.vote) state.vote = vote(scene, factor);
    if (state.layers.has("excess") && !state.mean) state.mean = meanEntropy(scene, factor);
    state.sheet = canvasOf(Math.round(box.w * state.ratio), Math.round(box.h * state.ratio));
    const old = new Map(state.views.map((view) => [view.panel, view]));
    state.views = layout.boxes
      .filter(({ name }) => state.byName.has(name))
      .map((place) => {
        const panel = state.byName.get(place.name);
        const view = old.get(panel) || this.viewOf(panel, factor);
        view.box = place;
        return view;
      });
  }

  viewOf(panel, factor) {
    const field = new Field(panel, factor);
    const sheet = () => {
      const image = new ImageData(field.size, field.size);
      return { image, pixels: new Uint32Array(image.data.buffer), canvas: canvasOf(field.size, field.size) };
    };
    const main = sheet();
    this.generations[panel.name] = (this.generations[panel.name] || 0) + 1;
    return {
      panel, field, lines: new Lines(field.width), mask: sheet(), image: main.image, pixels: main.pixels, picture: main.canvas,
      members: panel.members.map((member) => new Field(member, 2)).map((each) => [each, new Lines(each.width)]),
      dirty: true, generation: 0, said: null, ended: false,
    };
  }

  steepness() {
    const { state } = this;
    if (!state.steep && state.layers.has("slope")) state.steep = steepest(state.scene);
    return state.steep || 1;
  }

  // --- clock --------------------------------------------------------------------------------------------------

  wake() {
    if (!this.pending) this.pending = requestAnimationFrame((now) => this.frame(now));
  }

  frame(now) {
    this.pending = 0;
    const { state } = this;
    const delta = this.last ? now - this.last : 0;
    if (state.playing) this.advance(Math.min(delta, 100) / 1000, now);
    const began = performance.now();
    this.draw(now);
    if (state.playing && this.last) {
      push(this.frames.delta, delta);
      push(this.frames.script, performance.now() - began);
    }
    this.last = state.playing ? now : 0;
    if (state.playing) this.wake();
  }

  draw(now = performance.now()) {
    const { state } = this;
    let drawn = false;
    if (this.redraw) for (const view of state.views) view.dirty = true;
    this.redraw = false;
    for (const view of state.views) {
      drawn = drawPanel(state, view) || drawn;
      drawStep(state, view);
    }
    drawLasso(state);
    showBar(this.parts, state);
    if (drawn || !state.playing) this.cursors.move(state, now);
    if (state.hover >= 0 && (!state.playing || now - (this.tipped || 0) > 90)) {
      this.tipped = now;
      showTip(this.tip, state, this.spot());
    } else if (state.hover < 0) this.tip.hidden = true;
    if (!state.playing) this.rest();
  }

  advance(seconds, now) {
    const { state } = this;
    if (state.progress >= 1) {
      this.held += seconds * Math.max(1, state.speed);
      if (this.held < HOLD) return;
      this.held = 0;
      if (state.loop) state.progress = 0;
      else this.pause();
      return;
    }
    if (this.calm.matches) {
      // without tweens: one keyframe after the other
      if (now - (this.stepped || 0) < 500 / state.speed) return;
      this.stepped = now;
      state.progress = this.nextKeyframe(1);
    } else state.progress = Math.min(1, state.progress + (seconds * state.speed) / SECONDS);
  }

  pause() {
    this.state.playing = false;
    this.report();
  }

  toggle() {
    const { state } = this;
    if (state.playing) this.pause();
    else {
      if (state.progress >= 1) state.progress = 0;
      state.playing = state.panels.some((panel) => panel.step.length > 1);
      this.held = this.last = 0;
      this.stepped = performance.now();
      clearTimeout(this.reporting);
    }
    this.wake();
  }

  go(progress) {
    this.state.playing = false;
    this.state.progress = Math.min(1, Math.max(0, progress));
    this.report();
    this.wake();
  }

  // Progress of the next keyframe of the focused panel, or of the one with most keyframes.
  nextKeyframe(direction) {
    const { panels, header, progress } = this.state;
    const focused = panels.find((panel) => panel.name === header.look.focus && panel.step.length > 1);
    const panel = focused || panels.reduce((a, b) => (b.step.length > a.step.length ? b : a), panels[0]);
    if (!panel || panel.step.length < 2) return progress;
    const stops = panel.step.map((step) => (step - panel.first) / (panel.last - panel.first));
    const on = direction > 0 ? stops.filter((p) => p > progress + 1e-6) : stops.filter((p) => p < progress - 1e-6);
    if (!on.length) return direction > 0 ? 1 : 0;
    return direction > 0 ? on[0] : on[on.length - 1];
  }

  report() {
    clearTimeout(this.reporting);
    this.reporting = setTimeout(() => {
      const value = Math.round(this.state.progress * 10000) / 10000;
      if (value === this.reported || this.state.playing) return;
      this.reported = value;
      if (this.callbacks.step) this.callbacks.step(value);
    }, REPORT);
  }

  // At rest: say in words what is on screen.
  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (this.state.playing) return;
      const text = summary(this.state);
      if (text === this.summed) return;
      this.summed = text;
      this.canvas.setAttribute("aria-label", text);
      this.live.textContent = `${Math.round(100 * this.state.progress)} %`;
    }, 250);
  }

  // --- input --------------------------------------------------------------------------------------------------

  actions() {
    return {
      toggle: () => this.toggle(),
      keyframe: (direction) => this.go(this.nextKeyframe(direction)),
      scrub: (progress) => this.go(progress),
      scrubbed: () => this.report(),
      speed: (value) => this.set({ speed: value }),
      loop: () => this.set({ loop: !this.state.loop }),
      layer: (name) => this.layer(name),
      choose: () => this.choose(!this.state.choosing),
      save: () => this.save(),
      film: () => this.film(),
      full: () => (document.fullscreenElement ? document.exitFullscreen() : this.wrapper.requestFullscreen()),
    };
  }

  set(values) {
    Object.assign(this.state, values);
    this.redraw = true;
    this.wake();
  }

  layer(name) {
    const layers = new Set(this.state.layers);
    if (!layers.delete(name)) {
      if (FILLS.includes(name)) for (const fill of FILLS) layers.delete(fill); // one of them colours the plane
      layers.add(name);
    }
    this.state.layers = layers;
    this.restyle(true);
    if (this.callbacks.layers) this.callbacks.layers(Object.keys(LAYER_WORDS).filter((key) => layers.has(key)));
  }

  choose(on) {
    this.wrapper.classList.toggle("choosing", on);
    this.set({ choosing: on, lasso: null });
  }

  listen() {
    const { canvas, wrapper } = this;
    canvas.addEventListener("pointermove", (event) => this.moved(event));
    canvas.addEventListener("pointerdown", (event) => this.pressed(event));
    canvas.addEventListener("pointerup", (event) => this.released(event));
    canvas.addEventListener("pointercancel", () => this.set({ lasso: null }));
    canvas.addEventListener("pointerleave", () => this.state.lasso || this.point(-1));
    canvas.addEventListener("blur", () => this.point(-1));
    wrapper.addEventListener("keydown", (event) => this.key(event));
    this.sized = new ResizeObserver(() => this.state.header && this.restyle());
    this.sized.observe(wrapper);
    this.themed = () => this.state.header && this.restyle();
    this.night.addEventListener("change", this.themed);
    document.addEventListener("fullscreenchange", this.themed);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onCanvas = event.target === this.canvas;
    const onControl = event.target.matches("button, select");
    const faster = (by) => SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, SPEEDS.indexOf(this.state.speed) + by))];
    const keys = {
      " ": onControl ? null : () => this.toggle(),
      ArrowRight: event.target.matches("select") ? null : () => this.go(this.nextKeyframe(1)),
      ArrowLeft: event.target.matches("select") ? null : () => this.go(this.nextKeyframe(-1)),
      Home: () => this.go(0),
      End: () => this.go(1),
      "[": () => this.set({ speed: faster(-1) }),
      "]": () => this.set({ speed: faster(1) }),
      ArrowDown: onCanvas ? () => this.walk(1) : null,
      ArrowUp: onCanvas ? () => this.walk(-1) : null,
      Enter: onCanvas && this.state.choosing ? () => this.pickOne(this.state.hover, event.shiftKey) : null,
      Escape: onCanvas || this.state.choosing ? () => (this.state.hover >= 0 ? this.point(-1) : this.choose(false)) : null,
    };
    if (!keys[event.key]) return;
    keys[event.key]();
    event.preventDefault();
    event.stopPropagation();
  }

  // Walk through the points by keyboard: those to forget first.
  walk(by) {
    const { scene, hover } = this.state;
    const order = [...scene.forget, ...scene.y.keys()].filter((row, i) => i < scene.forget.length || !scene.isForget[row]);
    const at = order.indexOf(hover);
    this.point(order[(at + (at < 0 && by < 0 ? 0 : by) + order.length) % order.length]);
    const row = this.state.hover;
    const confidences = this.state.views.map(({ panel }) => `${panel.title} ${confidenceAt(panel, row, this.state.progress).toFixed(2)}`);
    const set = scene.isForget[row] ? this.state.words.inForget : this.state.words.inRetain;
    this.live.textContent = `${say(this.state.words, "pointNumber", { index: row })}, ${this.state.header.names[scene.y[row]]}, ${set}. ${confidences.join(", ")}`;
  }

  point(row, near = null) {
    if (near) this.near = near;
    if (row === this.state.hover) return;
    if (!near) this.near = null;
    this.set({ hover: row });
  }

  // Where the read-out stands: at the pointer, else at the point in the first panel.
  spot() {
    const { scene, hover, views } = this.state;
    const box = this.near || views[0].box;
    return { x: box.x + scene.at[2 * hover] * box.w, y: box.y + (1 - scene.at[2 * hover + 1]) * box.h };
  }

  at(event) {
    const frame = this.canvas.getBoundingClientRect();
    const scale = this.state.layout.width / frame.width;
    return [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale];
  }

  under([x, y]) {
    return this.state.views.find(({ box }) => x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h);
  }

  nearest([x, y], { box }) {
    const { scene, radius } = this.state;
    let best = (radius * 2 + 6) ** 2;
    let row = -1;
    for (let i = 0; i < scene.y.length; i++) {
      const dx = box.x + scene.at[2 * i] * box.w - x;
      const dy = box.y + (1 - scene.at[2 * i + 1]) * box.h - y;
      const far = dx * dx + dy * dy;
      if (far < best) [best, row] = [far, i];
    }
    return row;
  }

  titled([x, y]) {
    const { layout } = this.state;
    const height = layout.heading.height;
    return layout.boxes.find((box) => x >= box.x && x <= box.x + box.titled + 24 && y >= box.y - height && y < box.y);
  }

  moved(event) {
    const place = this.at(event);
    const { lasso, choosing } = this.state;
    if (lasso) {
      const [x, y] = lasso.path[lasso.path.length - 1];
      if (Math.hypot(place[0] - x, place[1] - y) > 3) lasso.path.push(place);
      this.set({});
      return;
    }
    const view = this.under(place);
    this.point(view ? this.nearest(place, view) : -1, view ? view.box : null);
    const title = this.callbacks.focus && this.titled(place);
    this.canvas.style.cursor = title ? "pointer" : choosing ? "crosshair" : "";
  }

  pressed(event) {
    const place = this.at(event);
    const view = this.under(place);
    if (!this.state.choosing || !view || event.button) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.set({ lasso: { view, path: [place], shift: event.shiftKey }, hover: -1 });
  }

  released(event) {
    const { lasso, scene, forget = scene && scene.forget } = this.state;
    const place = this.at(event);
    if (!lasso) {
      const box = this.titled(place);
      if (box && this.callbacks.focus) this.callbacks.focus(box.name);
      return;
    }
    const extent = Math.max(...lasso.path.map(([x, y]) => Math.hypot(x - lasso.path[0][0], y - lasso.path[0][1])));
    this.set({ lasso: null });
    if (extent < 6) {
      this.pickOne(this.nearest(place, lasso.view), lasso.shift);
      return;
    }
    const { box } = lasso.view;
    const inside = [...scene.y.keys()].filter((i) =>
      within(lasso.path, box.x + scene.at[2 * i] * box.w, box.y + (1 - scene.at[2 * i + 1]) * box.h),
    );
    if (inside.length) this.pick(lasso.shift ? [...forget, ...inside] : inside);
  }

  pickOne(row, toggle) {
    if (row < 0) return;
    const { forget, isForget } = this.state.scene;
    if (!toggle) this.pick([row]);
    else this.pick(isForget[row] ? [...forget].filter((other) => other !== row) : [...forget, row]);
  }

  pick(rows) {
    const index = [...new Set(rows)].sort((a, b) => a - b);
    if (index.length && this.callbacks.pick) this.callbacks.pick({ index });
  }

  // --- export -------------------------------------------------------------------------------------------------

  save() {
    this.set({ hover: -1 });
    this.draw();
    this.canvas.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = "unlearning.png";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }

  // One pass as pictures of at most 1280 pixels across; the page makes a film of them.
  async film(count = 48, fps = 12) {
    const { state, parts } = this;
    const { progress, playing } = state;
    if (parts.film) parts.film.disabled = true;
    Object.assign(state, { playing: false, hover: -1 });
    const scale = Math.min(1, 1280 / this.canvas.width);
    const even = (v) => 2 * Math.round((v * scale) / 2);
    const sheet = canvasOf(even(this.canvas.width), even(this.canvas.height));
    const frames = [];
    for (let k = 0; k < count; k++) {
      state.progress = k / (count - 1);
      this.draw();
      sheet.getContext("2d").drawImage(this.canvas, 0, 0, sheet.width, sheet.height);
      frames.push(sheet.toDataURL("image/webp", 0.92));
      await new Promise((done) => requestAnimationFrame(done));
    }
    Object.assign(state, { progress, playing });
    if (parts.film) parts.film.disabled = false;
    this.last = 0;
    this.wake();
    if (this.callbacks.capture) this.callbacks.capture({ fps, frames });
    return frames;
  }

  // --- for tests and benchmarks ---------------------------------------------------------------------------------

  hook() {
    const player = this;
    const { state } = this;
    return {
      ready: true,
      get panels() { return state.views.map((view) => view.panel.name); },
      get scene() { return player.scenes; },
      get generation() { return { ...player.generations }; },
      get progress() { return state.progress; },
      get playing() { return state.playing; },
      get speed() { return state.speed; },
      get hover() { return state.hover; },
      get layers() { return [...state.layers]; },
      get legend() { return state.items.map((item) => item.text); },
      get boxes() { return state.layout.boxes; },
      get summary() { return summary(state); },
      get factor() { return state.factor; },
      go: (progress) => { player.go(progress); player.draw(); },
      play: () => state.playing || player.toggle(),
      pause: () => state.playing && player.toggle(),
      film: (count) => player.film(count),
      excess: (name, progress) => excessOf(state.byName.get(name), state.scene, progress),
      regions: (name, progress, size) => regions(state.byName.get(name), progress, size),
      stats: () => player.stats(),
      forgetStats: () => { player.frames = { delta: [], script: [] }; },
    };
  }

  stats() {
    const { delta, script } = this.frames;
    const at = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? null;
    const mean = delta.reduce((a, b) => a + b, 0) / Math.max(1, delta.length);
    return {
      frames: delta.length,
      fps: delta.length ? 1000 / mean : null,
      p50: at(delta, 0.5),
      p95: at(delta, 0.95),
      script: { p50: at(script, 0.5), p95: at(script, 0.95) },
    };
  }

  unmount() {
    cancelAnimationFrame(this.pending);
    clearTimeout(this.reporting);
    clearTimeout(this.resting);
    this.sized.disconnect();
    this.night.removeEventListener("change", this.themed);
    document.removeEventListener("fullscreenchange", this.themed);
    this.cursors.clear();
    this.wrapper.remove();
    delete this.root.explorerPlayer;
  }
}

function push(values, value) {
  values.push(value);
  if (values.length > 900) values.shift();
}

// Samples a cell: as fine as the picture deserves and as the time of a frame allows.
function factorOf(header, panels, pixels) {
  const channels = Math.max(...header.panels.map((panel) => panel.channels), header.scene.channels);
  const affordable = (f) => f * f * header.size * header.size * channels * panels <= 200_000;
  return [4, 3, 2].find((f) => affordable(f) && (f - 1) * header.size <= pixels / 2) || 1;
}

function within(path, x, y) {
  let inside = false;
  for (let i = 0, j = path.length - 1; i < path.length; j = i++) {
    const [[ax, ay], [bx, by]] = [path[i], path[j]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

function luminance(colour) {
  const probe = canvasOf(1, 1).getContext("2d");
  probe.fillStyle = colour;
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
}
