// The player: its data, its layout and its clock. It owns the state that all drawing functions read; input, probe and bar
// change it through the player's actions.
//
// `mount` puts it anywhere on a page, the default export makes it a Streamlit component. The callbacks are all optional.
// They are called on what the user does, never on mounting:
//   step(progress)      the animation stands still (300 ms later)
//   layers([names])     layers were switched
//   pick({index})       points were chosen on the picture
//   focus(name)         a panel's title was clicked
//   capture({fps, frames})  one pass of the animation, frames as data URLs
//   guess({index} or {line})  what was guessed on the picture, in a lesson

const SECONDS = 6; // one pass at speed 1
const HOLD = 1.1; // seconds at the end before the next pass
const REPORT = 300; // ms of rest before the position is reported
const ABOVE = 9.25; // rem that a page has above the player: its navigation and its links
const LEAST = 440; // pixels of height that the player takes in any window
const CALLS = 4; // calls of the component that may be under way at once

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  if (!(data instanceof Uint8Array)) return undefined;
  const call = {
    data,
    callbacks: {
      step: (at, given) => setStateValue("step", { at, given }),
      layers: (value) => setStateValue("layers", value),
      pick: (value) => setTriggerValue("pick", value),
      focus: (value) => setTriggerValue("focus", value),
      capture: (value) => setTriggerValue("capture", value),
      guess: (value) => setTriggerValue("guess", value),
    },
  };
  const player = mount(parentElement, data, call.callbacks);
  player.calls = [...player.calls, call].slice(-CALLS);
  // Streamlit ends a call when the element has left the page. It also ends a call that newer data had overtaken before
  // the module was loaded. The newer call may have come before it; then that one is shown again.
  return () => {
    if (!parentElement.isConnected) return player.unmount();
    const latest = player.calls.at(-1) === call;
    player.calls = player.calls.filter((other) => other !== call);
    const newer = player.calls.at(-1);
    if (latest && newer) mount(parentElement, newer.data, newer.callbacks);
  };
}

// A second call on the same root gives new data to the player that is there.
export function mount(root, bytes, callbacks = {}) {
  if (!root.explorerPlayer) root.explorerPlayer = new Player(root);
  root.explorerPlayer.state.callbacks = callbacks;
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
      '</canvas><div class="tip" hidden></div></div><div class="deck"></div><div class="bar"></div>' +
      '<div class="live" aria-live="polite"></div>';
    root.append(this.wrapper);
    const find = (what) => this.wrapper.querySelector(what);
    [this.canvas, this.deck, this.bar, this.said] = [find("canvas"), find(".deck"), find(".bar"), find(".live")];
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.night = matchMedia("(prefers-color-scheme: dark)");
    this.cursors = new Cursors();
    this.state = {
      context: this.canvas.getContext("2d"), header: null, views: [], panels: [], byName: new Map(), layers: new Set(),
      progress: 1, playing: false, speed: 1, loop: true, hover: -1, choosing: false, lasso: null, callbacks: {}, words: WORDS,
      made: {}, // how often each panel's view was made
    };
    this.act = this.actions();
    this.probe = new Probe(this.state, find(".tip"), this.said, this.act.set);
    this.input = new Input(this.wrapper, this.canvas, this.state, this.probe, this.act);
    this.times = new Times();
    this.held = 0;
    this.calls = []; // of the component, the newest last
    this.given = null; // what the page shows, without what lies over it
    this.live = new Live(this);
    this.listen();
  }

  // What the bar and the input may ask for.
  actions() {
    return {
      set: (values) => this.set(values),
      go: (progress) => this.go(progress),
      keyframe: (direction) => this.go(this.nextKeyframe(direction)),
      toggle: () => this.toggle(),
      report: () => this.report(),
      layer: (name) => this.layer(name),
      choose: (on) => this.input.choose(on),
      save: () => this.save(),
      film: () => this.film(),
      full: () => (document.fullscreenElement ? document.exitFullscreen() : this.wrapper.requestFullscreen()),
    };
  }

  // Change the state and draw anew.
  set(values) {
    Object.assign(this.state, values);
    this.redraw = true;
    this.wake();
  }

  // --- data ---------------------------------------------------------------------------------------------------

  // The page's picture; what a hand is ahead with lies over it.
  show(bytes) {
    const header = this.read(bytes);
    if (!this.given || this.given.id !== header.id) this.given = header;
    this.renew();
  }

  // Read a blob; what is on screen already is not read again.
  read(bytes) {
    return decode(bytes, this.state.header);
  }

  renew() {
    const header = this.live.over(this.given);
    if (this.state.header && this.state.header.id === header.id) this.restyle();
    else this.present(header);
  }

  present(header) {
    const { state } = this;
    const before = state.header;
    const { look } = header;
    const turned = before && placeIn(header) !== placeIn(before); // another step of a lesson
    Object.assign(state, { header, scene: header.scene, panels: header.panels, words: { ...WORDS, ...look.words } });
    state.byName = new Map(header.panels.map((panel) => [panel.name, panel]));
    this.follow(look, turned ? null : before && before.look);
    this.teach(header.overlay, !before || turned);
    if (!before || before.scene !== header.scene) {
      this.scenes = (this.scenes || 0) + 1;
      forgetViews(state);
      this.probe.look(-1);
    }
    const needs = [
      look.controls, Object.keys(state.callbacks), offers(header, "helpers"), offers(header, "oracle"), offers(header, "members"), look.words,
      Boolean(state.sketch),
    ];
    if (this.built !== JSON.stringify(needs)) this.parts = buildBar(this.deck, this.bar, state, this.act); // else focus would be lost
    this.built = JSON.stringify(needs);
    if (state.playing || !this.summed) this.nameIt();
    this.restyle(true);
    window.explorerPlayer = hookOf(this);
  }

  // Take layers and position from the header where they differ from the header before; else the user's choice stays.
  follow(look, was) {
    const { state } = this;
    if (!was || was.layers.join() !== look.layers.join()) state.layers = new Set(look.layers);
    if (!was) {
      state.playing = look.play && !this.calm.matches && state.panels.some((panel) => panel.step.length > 1);
      state.progress = this.calm.matches ? (look.play ? 1 : look.step) : state.playing ? 0 : look.step;
    } else if (was.step !== look.step && look.step !== this.reported) {
      state.progress = look.step;
      state.playing = false;
    }
  }

  // A lesson plays once, and may ask for a sketch; another step of it begins anew.
  teach(overlay, turned) {
    const { state } = this;
    state.sketch = sketchOf(state.header, state.sketch, turned);
    if (Boolean(state.sketch) !== state.choosing && (overlay || turned)) this.input.choose(Boolean(state.sketch));
    if (!overlay || !turned) return;
    state.loop = false;
    this.held = this.last = 0;
  }

  // Whether a guess is due before anything may move.
  get locked() {
    const { header } = this.state;
    return Boolean(header && header.overlay && header.overlay.locked);
  }

  layer(name) {
    const { callbacks } = this.state;
    const layers = new Set(this.state.layers);
    if (!layers.delete(name)) {
      if (FILLS.includes(name)) for (const fill of FILLS) layers.delete(fill); // one of them colours the plane
      layers.add(name);
    }
    this.state.layers = layers;
    this.restyle(true);
    if (callbacks.layers) callbacks.layers(Object.keys(LAYER_WORDS).filter((key) => layers.has(key)));
  }

  // --- layout -------------------------------------------------------------------------------------------------

  // Lay out anew whenever the size or the theme changes.
  listen() {
    this.changed = () => this.state.header && this.restyle();
    this.sized = new ResizeObserver(this.changed);
    this.sized.observe(this.wrapper);
    if (this.root instanceof Element) this.sized.observe(this.root); // its height counts where it presents
    this.night.addEventListener("change", this.changed);
    document.addEventListener("fullscreenchange", this.changed);
    window.addEventListener("resize", this.changed);
  }

  // Find mode, sizes and fonts; lay out and draw if they changed, or if forced.
  restyle(force = false) {
    const { state } = this;
    const style = getComputedStyle(this.wrapper);
    const page = style.getPropertyValue("--st-background-color").trim();
    const mode = state.header.look.mode;
    const dark = mode === "auto" ? (page ? luminance(page) < 0.5 : this.night.matches) : mode === "dark";
    const full = document.fullscreenElement && this.wrapper.matches(":fullscreen");
    const unit = parseFloat(style.getPropertyValue("--explorer-unit")) || 0; // set by a page that presents
    const projector = state.header.look.projector || Boolean(full) || unit > 0;
    const paper = mode === "auto" && /^#[0-9a-f]{6}$/i.test(page) ? page : "";
    const ratio = Math.min(2.5, window.devicePixelRatio || 1);
    const width = Math.floor(this.canvas.clientWidth || this.wrapper.clientWidth || 960);
    const high = unit ? this.root.clientHeight : full && innerHeight;
    const room = unit ? high : this.room(full);
    // The height of a phone's window changes with the browser's own bar: it is no reason to lay out anew.
    const sign = [dark, projector, paper, ratio, width, unit, high, width > WIDE && Math.round(room)].join();
    if (!force && sign === this.sign) return;
    this.sign = sign;
    const font = (state.header.font = style.getPropertyValue("--st-font").trim() || FONT);
    const { theme, names } = state.header;
    const colours = JSON.stringify([theme, names, font, dark, projector, paper, unit]);
    if (colours !== this.colours) {
      state.look = makeLook(state.header, dark, projector, paper, unit);
      for (const name of ["ink", "muted", "line", "paper", "panel", "accent"])
        this.wrapper.style.setProperty(`--${name}`, state.look[name]);
      this.wrapper.style.setProperty("--type", `${state.look.type}px`);
    }
    this.colours = colours;
    state.ratio = ratio;
    this.place(width, room);
  }

  // Height that the player should have on a page.
  room(full) {
    const deck = this.deck.offsetHeight;
    if (full) return innerHeight - deck - this.bar.offsetHeight - 44;
    const above = Math.max(this.above(), ABOVE * parseFloat(getComputedStyle(document.documentElement).fontSize));
    // A high window has room for the buttons below Play too.
    return Math.max(LEAST, Math.min(0.86 * innerHeight - 110, innerHeight - above - deck));
  }

  // What stands above the player where it begins in the upper third of a window; to one further down people scroll.
  above() {
    const scroller = (this.wrapper.getRootNode().host || this.wrapper).closest('[data-testid="stMain"]');
    const top = scroller ? this.canvas.getBoundingClientRect().top + scroller.scrollTop : 0;
    return top < innerHeight / 3 ? top : 0;
  }

  // Lay out, make what each panel draws with, and draw: all of it, or where nothing around the panels has changed only
  // those that are new.
  place(width, room) {
    const { state } = this;
    const before = state.layout;
    state.radius = 3;
    state.lines = (this.live?.drag && before?.heading.lines) || [];
    for (let pass = 0; pass < 2; pass++) {
      // twice: the legend's marks have the size of the points, and that depends on the layout
      state.items = legendOf(state, state.panels, state.layers, state.look, state.words, state.radius, slopeEnd(state));
      state.layout = layoutOf(state.context, state, width, room);
      const { w, h } = state.layout.boxes[0];
      const dense = Math.sqrt((w * h) / Math.max(60, state.scene.y.length));
      const { presents, projector, fine } = state.look;
      state.radius = Math.min(presents ? Math.max(5, 3 * fine) : projector ? 6.5 : 5, Math.max(1.5, (presents ? 0.26 : 0.21) * dense));
    }
    const around = this.surroundings(state);
    if (around === this.drawnAround) {
      const old = new Map(before.boxes.map((box) => [box.name, box.words]));
      prepare(state);
      for (const view of state.views) {
        if (view.box.words !== old.get(view.box.name)) drawAnew(state, view);
        view.box.titled ??= before.boxes.find((box) => box.name === view.box.name).titled;
      }
      this.wake();
      return;
    }
    this.drawnAround = around;
    this.wholes = (this.wholes || 0) + 1;
    const { layout, ratio } = state;
    const [across, down] = [Math.round(layout.width * ratio), Math.round(layout.height * ratio)];
    if (this.canvas.width !== across || this.canvas.height !== down) [this.canvas.width, this.canvas.height] = [across, down];
    this.canvas.style.height = `${layout.height}px`;
    prepare(state);
    drawStatic(state);
    this.redraw = true;
    this.wake();
  }

  // Everything that is drawn once and not for each panel, or for all panels alike, in words that can be compared.
  surroundings({ header, layout, layers, ratio, radius }) {
    const { scene, panels, id, ...rest } = header;
    const { heading, footer, legend, ...places } = layout;
    for (const box of places.boxes) box.words = JSON.stringify([heading.said.get(box.name), footer.wrapped.get(box.name)]);
    const boxes = places.boxes.map(({ words, ...box }) => box);
    const there = panels.map((panel) => [panel.name, panel.trouble, panel.refused, panel.kind, panel.channels]);
    const entries = legend.entries.map(({ x, row, lines }) => [x, row, lines]);
    return JSON.stringify([rest, { ...places, boxes }, heading, footer.size, footer.heights, legend.size, legend.left, legend.top, entries, there, [...layers], ratio, radius, this.scenes, this.colours]);
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
    if (state.playing && this.last) this.times.add(delta, performance.now() - began);
    this.last = state.playing ? now : 0;
    if (state.playing) this.wake();
  }

  draw(now = performance.now()) {
    const { state } = this;
    let drawn = false;
    if (this.redraw) for (const view of state.views) view.dirty = true;
    this.redraw = false;
    state.calm = this.calm.matches;
    for (const view of state.views) {
      drawn = drawPanel(state, view) || drawn;
      drawStep(state, view);
      drawNumbers(state, view);
    }
    drawLasso(state);
    showBar(this.parts, state);
    if (drawn || !state.playing) this.cursors.move(state, now);
    this.probe.show(now);
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
      // reduced motion: one keyframe after the other, nothing between them
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
    if (this.locked) return;
    if (state.playing) this.pause();
    else {
      if (state.progress >= 1) state.progress = 0;
      state.playing = state.panels.some((panel) => panel.step.length > 1);
      this.held = this.last = 0;
      this.stepped = performance.now();
      clearTimeout(this.reporting);
      if (state.playing) this.nameIt();
    }
    this.wake();
  }

  go(progress) {
    if (this.locked) return;
    this.state.playing = false;
    this.state.progress = Math.min(1, Math.max(0, progress));
    this.report();
    this.wake();
  }

  // Progress of the next keyframe (direction 1) or the previous one (-1), of the focused panel if it has a path, else of
  // the panel with most keyframes.
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

  // Tell the page where the animation stands, once it has stood there for a while.
  report() {
    clearTimeout(this.reporting);
    this.reporting = setTimeout(() => {
      const { progress, playing, callbacks } = this.state;
      const value = Math.round(progress * 10000) / 10000;
      if (value === this.reported || playing) return;
      this.reported = value;
      if (callbacks.step) callbacks.step(value, this.given.look.step);
    }, REPORT);
  }

  // Name the canvas until the animation stands still: words about every frame would be out of date at once.
  nameIt() {
    const { panels, words } = this.state;
    this.summed = say(words, "moving", { titles: panels.map((panel) => panel.title).join(", ") });
    this.canvas.setAttribute("aria-label", this.summed);
  }

  // Say in words what is on screen, once the animation stands still.
  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (this.state.playing) return;
      const text = summary(this.state);
      if (text === this.summed) return;
      this.summed = text;
      this.canvas.setAttribute("aria-label", text);
      this.said.textContent = `${Math.round(100 * this.state.progress)} %`;
    }, 250);
  }

  // --- export -------------------------------------------------------------------------------------------------

  save() {
    this.probe.look(-1);
    this.draw();
    savePicture(this.canvas);
  }

  async film() {
    const { state } = this;
    const { progress, playing } = state;
    const { film: button } = this.parts;
    state.playing = false;
    this.probe.look(-1);
    const drawAt = (moment) => {
      state.progress = moment;
      this.draw();
    };
    const frames = await filmed(this.canvas, drawAt, (done, of) => sayFilm(button, `${state.words.film} ${done} / ${of}`, true));
    Object.assign(state, { progress, playing });
    sayFilm(button, state.words.filmMaking, true);
    this.last = 0;
    this.wake();
    state.callbacks.capture({ fps: FILM.fps, frames });
  }

  // What the page made of the pictures.
  offer(films) {
    if (this.parts.film) offerFilms(this.parts.film, films, this.state.words);
  }

  unmount() {
    cancelAnimationFrame(this.pending);
    clearTimeout(this.reporting);
    clearTimeout(this.resting);
    this.sized.disconnect();
    this.night.removeEventListener("change", this.changed);
    document.removeEventListener("fullscreenchange", this.changed);
    window.removeEventListener("resize", this.changed);
    this.cursors.clear();
    this.live.unmount();
    this.wrapper.remove();
    delete this.root.explorerPlayer;
  }
}

// The step of a lesson that a picture belongs to.
const placeIn = (header) => (header.overlay ? header.overlay.place : "");

// Brightness of a CSS colour, 0 to 1.
function luminance(colour) {
  const probe = canvasOf(1, 1).getContext("2d");
  probe.fillStyle = colour;
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
}
