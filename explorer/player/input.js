// Input: what the pointer and the keyboard do. It changes nothing itself: it asks the player (act) and the probe.

class Input {
  // wrapper: the whole player, whose keys are heard; act: the player's actions.
  constructor(wrapper, canvas, state, probe, act) {
    Object.assign(this, { wrapper, canvas, state, probe, act });
    canvas.addEventListener("pointermove", (event) => this.moved(event));
    canvas.addEventListener("pointerdown", (event) => this.pressed(event));
    // A quick stroke of a finger would count as a fling, and the browser would swallow the tap after it.
    canvas.addEventListener("touchmove", (event) => state.choosing && event.preventDefault(), { passive: false });
    canvas.addEventListener("pointerup", (event) => this.released(event));
    canvas.addEventListener("pointercancel", () => act.set({ lasso: null }));
    canvas.addEventListener("pointerleave", () => state.lasso || probe.look(-1));
    canvas.addEventListener("blur", () => probe.look(-1));
    wrapper.addEventListener("keydown", (event) => this.key(event));
  }

  // Begin or end the choosing of points.
  choose(on) {
    this.wrapper.classList.toggle("choosing", on);
    this.act.set({ choosing: on, lasso: null });
  }

  // --- keyboard -------------------------------------------------------------------------------------------------

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { sketch } = this.state;
    const sketched = sketch && event.target === this.canvas && sketch.key(event.key);
    const action = sketched || this.keys(event)[event.key];
    if (!action) return;
    action();
    if (sketched) this.act.set({});
    event.preventDefault();
    event.stopPropagation();
  }

  // What each key does where it was pressed; null = what the browser does.
  keys({ target, shiftKey }) {
    const { state, probe, act } = this;
    const onCanvas = target === this.canvas;
    const onSelect = target.matches("select");
    const speed = (by) => act.set({ speed: SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, SPEEDS.indexOf(state.speed) + by))] });
    return {
      " ": target.matches("button, select") ? null : act.toggle,
      ArrowRight: onSelect ? null : () => act.keyframe(1),
      ArrowLeft: onSelect ? null : () => act.keyframe(-1),
      Home: () => act.go(0),
      End: () => act.go(1),
      "[": () => speed(-1),
      "]": () => speed(1),
      ArrowDown: onCanvas ? () => probe.walk(1) : null,
      ArrowUp: onCanvas ? () => probe.walk(-1) : null,
      Enter: onCanvas && state.choosing ? () => this.pickOne(state.hover, shiftKey) : null,
      Escape: onCanvas || state.choosing ? () => (state.hover >= 0 ? probe.look(-1) : this.choose(false)) : null,
    };
  }

  // --- pointer --------------------------------------------------------------------------------------------------

  // Where a pointer is on the canvas, in CSS pixels of the layout.
  at(event) {
    const frame = this.canvas.getBoundingClientRect();
    const scale = this.state.layout.width / frame.width;
    return [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale];
  }

  moved(event) {
    const { state } = this;
    const place = this.at(event);
    if (state.lasso) {
      this.pull(state.lasso, place);
      return;
    }
    const view = viewAt(state, place);
    this.probe.look(view ? pointAt(state, place, view.box) : -1, view ? view.box : null);
    const title = state.callbacks.focus && titleAt(state, place);
    this.canvas.style.cursor = title ? "pointer" : state.choosing ? "crosshair" : "";
  }

  pressed(event) {
    const place = this.at(event);
    const view = viewAt(this.state, place);
    if (!this.state.choosing || !view || event.button) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.probe.look(-1);
    this.act.set({ lasso: { view, path: [place], shift: event.shiftKey } });
  }

  released(event) {
    const { state } = this;
    const place = this.at(event);
    if (state.lasso) {
      this.close(state.lasso, place);
      return;
    }
    const title = titleAt(state, place);
    if (title && state.callbacks.focus) state.callbacks.focus(title.name);
  }

  // --- lasso ----------------------------------------------------------------------------------------------------

  pull({ path }, [x, y]) {
    const [lastX, lastY] = path[path.length - 1];
    if (Math.hypot(x - lastX, y - lastY) > 3) path.push([x, y]);
    this.act.set({});
  }

  // Pick the points inside a lasso; one that was hardly pulled is a click on a point.
  close({ view, path, shift }, place) {
    const { scene } = this.state;
    const { box } = view;
    const [[x0, y0]] = path;
    const extent = Math.max(...path.map(([x, y]) => Math.hypot(x - x0, y - y0)));
    this.act.set({ lasso: null });
    if (this.state.sketch) {
      this.state.sketch.pulled(this.state, { view, path }, pointAt(this.state, place, box));
      this.act.set({});
      return;
    }
    if (extent < 6) {
      this.pickOne(pointAt(this.state, place, box), shift);
      return;
    }
    const inside = [...scene.y.keys()].filter((i) => within(path, ...placeOf(box, scene.at, i)));
    if (inside.length) this.pick(shift ? [...scene.forget, ...inside] : inside);
  }

  // Pick one point alone, or add it to the points to forget, or take it away.
  pickOne(row, toggle) {
    if (row < 0) return;
    if (this.state.sketch) {
      this.state.sketch.toggle(row);
      this.act.set({});
      return;
    }
    const { forget, isForget } = this.state.scene;
    if (!toggle) this.pick([row]);
    else this.pick(isForget[row] ? [...forget].filter((other) => other !== row) : [...forget, row]);
  }

  pick(rows) {
    const { pick } = this.state.callbacks;
    const index = [...new Set(rows)].sort((a, b) => a - b);
    if (index.length && pick) pick({ index });
  }
}

// Whether a place is inside a closed path: a ray from it crosses the path an odd number of times.
function within(path, x, y) {
  let inside = false;
  for (let i = 0, j = path.length - 1; i < path.length; j = i++) {
    const [[ax, ay], [bx, by]] = [path[i], path[j]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
