// The controls under the canvas. They are plain HTML, so keyboards and screen readers can use them.

const ICONS = {
  play: '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 2.2v11.6L13.5 8z"/></svg>',
  pause: '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z"/></svg>',
  back: '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M12.5 2.5v11L5.5 8zM3 2.5h1.8v11H3z"/></svg>',
  ahead: '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3.5 2.5v11L10.5 8zM11.2 2.5H13v11h-1.8z"/></svg>',
  loop: '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M11 1.2 14.4 4 11 6.8V5H5.2A2.7 2.7 0 0 0 3 9.2L1.7 10.4A4.5 4.5 0 0 1 5.2 3.2H11zM5 14.8 1.6 12 5 9.2V11h5.8A2.7 2.7 0 0 0 13 6.8l1.3-1.2a4.5 4.5 0 0 1-3.5 7.2H5z"/></svg>',
  pick: '<svg viewBox="0 0 16 16" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.4 1.8" d="M8 2.2c3.6 0 6 1.7 6 4.1s-2.4 4.1-6 4.1-6-1.7-6-4.1 2.400-4.100 6-4.100z"/><path d="M5.600 10.300c1.400.800 1 2.500-.800 3.900l1 .900c2.400-1.700 2.700-4.200.900-5.300z"/></svg>',
  full: '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2 2h5v1.600H3.600V7H2zM9 2h5v5h-1.600V3.600H9zM2 9h1.600v3.400H7V14H2zM12.400 9H14v5H9v-1.600h3.400z"/></svg>',
  save: '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M7.200 1.500h1.600v7l2.500-2.500 1.100 1.100L8 11.500 3.600 7.100 4.700 6l2.500 2.500zM2 12.500h12V14H2z"/></svg>',
  film: '<svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="4.800"/></svg>',
};
const MAIN_LAYERS = ["confidence", "boundary"]; // the others are behind "More layers"
const AT_THE_END = ["cloud", "disagreement", "excess", "oracle"]; // what they compare with does not move with requests
const SPEEDS = [0.25, 0.5, 1, 2, 4];

// Build what the header asks for; act: the player's actions. deck: for the transport, which stays on screen while any of
// the picture is; bar: for the rest.
function buildBar(deck, bar, state, act) {
  const { words, header, callbacks } = state;
  const shown = new Set(header.look.controls);
  deck.replaceChildren();
  bar.replaceChildren();
  const parts = { layers: {} };
  const group = (kind, label, place = bar) => {
    const element = document.createElement("div");
    element.className = `group ${kind}`;
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", label);
    place.append(element);
    return element;
  };
  // A button is named by the text on it, one without text by its label. The label is also its hint, unless it is that text.
  const button = (parent, html, label, onclick, extra = "") => {
    const element = document.createElement("button");
    element.type = "button";
    element.innerHTML = html;
    const text = element.textContent;
    if (label !== text) element.title = label;
    if (!text) element.setAttribute("aria-label", label);
    if (extra) element.className = extra;
    element.addEventListener("click", onclick);
    parent.append(element);
    return element;
  };
  if (shown.has("transport")) {
    const box = group("transport", words.transport, deck);
    parts.play = button(box, ICONS.play, words.play, act.toggle, "play");
    button(box, ICONS.back, `${words.back} (←)`, () => act.keyframe(-1), "back");
    button(box, ICONS.ahead, `${words.ahead} (→)`, () => act.keyframe(1), "ahead");
    parts.range = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 1000, step: 1 });
    parts.range.setAttribute("aria-label", words.scrub);
    parts.range.addEventListener("input", () => act.go(parts.range.value / 1000));
    parts.range.addEventListener("change", act.report);
    parts.where = Object.assign(document.createElement("span"), { className: "where" });
    parts.speed = document.createElement("select");
    parts.speed.title = `${words.speed} ([ ])`;
    parts.speed.setAttribute("aria-label", words.speed);
    for (const speed of SPEEDS) parts.speed.add(new Option(`${{ 0.25: "¼", 0.5: "½" }[speed] || speed}×`, speed));
    parts.speed.addEventListener("change", () => act.set({ speed: Number(parts.speed.value) }));
    box.append(parts.range, parts.where, parts.speed);
    parts.loop = button(box, ICONS.loop, words.loop, () => act.set({ loop: !state.loop }), "loop");
  }
  if (shown.has("play")) parts.play = button(group("transport", words.transport, deck), ICONS.play, words.play, act.toggle, "play");
  if (state.sketch) {
    const give = () => state.sketch && !state.sketch.empty && callbacks.guess && callbacks.guess(state.sketch.value);
    parts.done = button(group("transport", words.transport, deck), words.done, words.done, give, "done");
  }
  if (shown.has("layers")) {
    const box = group("layers", words.layers);
    const name = Object.assign(document.createElement("span"), { className: "name", textContent: words.layers });
    box.append(name);
    const more = Object.assign(document.createElement("span"), { className: "more", hidden: !state.moreLayers });
    const offered = Object.keys(LAYER_WORDS).filter((layer) => offers(header, layer));
    for (const layer of [...MAIN_LAYERS, ...offered.filter((name) => !MAIN_LAYERS.includes(name))]) {
      const place = MAIN_LAYERS.includes(layer) ? box : more;
      parts.layers[layer] = button(place, LAYER_WORDS[layer], LAYER_WORDS[layer], () => act.layer(layer));
      parts.layers[layer].title = LAYER_HELP[layer];
    }
    const open = () => {
      state.moreLayers = !state.moreLayers;
      more.hidden = !state.moreLayers;
      opener.setAttribute("aria-expanded", state.moreLayers);
    };
    const opener = button(box, words.moreLayers, words.moreLayers, open, "opener");
    opener.setAttribute("aria-expanded", Boolean(state.moreLayers));
    box.append(more);
  }
  const box = group("actions", words.actions);
  const named = (key) => `${ICONS[{ picture: "save" }[key] || key]}<span>${words[key]}</span>`;
  if (shown.has("pick") && callbacks.pick) parts.pick = button(box, named("pick"), words.pick, () => act.choose(!state.choosing), "pick");
  if (shown.has("export")) {
    parts.save = button(box, named("picture"), words.pictureHelp, act.save, "save");
    if (callbacks.capture) parts.film = button(box, named("film"), words.filmHelp, act.film, "film");
  }
  if (document.fullscreenEnabled && !shown.has("play") && !header.overlay) parts.full = button(box, ICONS.full, words.full, act.full, "full");
  if (parts.pick) {
    parts.hint = Object.assign(document.createElement("div"), { className: "hint", textContent: words.pickHelp, hidden: true });
    bar.append(parts.hint);
  }
  return parts;
}

// Whether a layer has anything to show.
function offers(header, layer) {
  if (header.scene.moving && AT_THE_END.includes(layer)) return false;
  const helpers = header.panels.flatMap((panel) => panel.helpers);
  if (layer === "helpers") return helpers.length > 0;
  if (layer === "members") return header.panels.some((panel) => panel.members.length);
  return layer !== "oracle" || helpers.some(({ mark }) => mark === "easy" || mark === "hard");
}

// Bring the bar up to date; write only what changed.
function showBar(parts, state) {
  const put = (key, value, write) => {
    if (parts[`was_${key}`] === value) return;
    parts[`was_${key}`] = value;
    write(value);
  };
  if (parts.play) {
    put("playing", state.playing, (on) => {
      parts.play.innerHTML = on ? ICONS.pause : ICONS.play;
      const label = `${on ? state.words.pause : state.words.play} (space)`;
      parts.play.title = label;
      parts.play.setAttribute("aria-label", label);
    });
    put("still", state.panels.every((panel) => panel.step.length < 2), (none) => {
      for (const part of [parts.play, parts.range]) if (part) part.disabled = none;
    });
  }
  if (parts.done) put("empty", !state.sketch || state.sketch.empty, (none) => (parts.done.disabled = none));
  if (parts.range) {
    put("range", Math.round(state.progress * 1000), (value) => {
      if (Number(parts.range.value) !== value) parts.range.value = value;
    });
    const [first] = state.panels;
    const place = first ? placeText(state, first, state.progress) : "";
    put("where", place || `${Math.round(state.progress * 100)} %`, (text) => {
      parts.where.textContent = text;
      if (!state.playing) parts.range.setAttribute("aria-valuetext", text);
    });
    put("speed", state.speed, (value) => (parts.speed.value = value));
    put("loop", state.loop, (on) => parts.loop.setAttribute("aria-pressed", on));
  }
  for (const [layer, element] of Object.entries(parts.layers))
    put(`layer_${layer}`, state.layers.has(layer), (on) => element.setAttribute("aria-pressed", on));
  if (parts.pick)
    put("choosing", state.choosing, (on) => {
      parts.pick.setAttribute("aria-pressed", on);
      parts.hint.hidden = !on;
    });
}
