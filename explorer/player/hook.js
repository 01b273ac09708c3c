// For tests and benchmarks: what a page may ask of the player as window.explorerPlayer, and the times of its frames.

function hookOf(player) {
  const { state, times } = player;
  return {
    get panels() { return state.views.map((view) => view.panel.name); },
    get scene() { return player.scenes; },
    get wholes() { return player.wholes; },
    get generation() { return { ...state.made }; },
    get progress() { return state.progress; },
    get playing() { return state.playing; },
    get speed() { return state.speed; },
    get layers() { return [...state.layers]; },
    get legend() { return state.items.map((item) => item.text); },
    get numbers() { return Object.fromEntries(state.panels.map((panel) => [panel.name, numberLines(state, panel, state.progress)])); },
    get said() { return Object.fromEntries(state.panels.map((panel) => [panel.name, panel.trouble || panel.unmoved])); },
    get boxes() { return state.layout.boxes; },
    get following() { return player.live.word; },
    get followed() { return player.live.drag && player.live.drag.shown; },
    get summary() { return summary(state); },
    get overlay() { return state.header.overlay || null; },
    get sketch() { return state.sketch && state.sketch.value; },
    whole: () => { player.drawnAround = ""; player.restyle(true); player.draw(); },
    offer: (films) => player.offer(films),
    go: (progress) => { player.go(progress); player.draw(); },
    play: () => state.playing || player.toggle(),
    pause: () => state.playing && player.toggle(),
    excess: (name, progress) => excessOf(state.byName.get(name), state.scene, progress),
    stats: () => times.stats(),
    forgetStats: () => times.forget(),
  };
}

// Times of the last 900 frames that were played, in ms: from one frame to the next, and of the script in one.
class Times {
  constructor() {
    this.forget();
  }

  forget() {
    [this.delta, this.script] = [[], []];
  }

  add(delta, script) {
    for (const [values, value] of [[this.delta, delta], [this.script, script]]) {
      values.push(value);
      if (values.length > 900) values.shift();
    }
  }

  stats() {
    const { delta, script } = this;
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
}
