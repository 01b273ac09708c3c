// What the drawing needs and what takes time to make: made once, and again only when the data or the fineness change.

function prepare(state) {
  const { layout, scene, header } = state;
  const box = layout.boxes[0];
  const factor = factorOf(header, layout.boxes.length, box.w * state.ratio);
  if (!state.ghosts || state.factor !== factor) {
    state.ghosts = {
      original: still(scene.original, factor),
      paired: still(scene.paired, factor),
      cloud: scene.retrained.map((model) => still(model, factor)),
      moving: scene.moving && movingOf(scene.moving, factor),
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
      const view = old.get(panel) || viewOf(state, panel);
      view.box = place;
      return view;
    });
}

// A view is a panel with what it is drawn with. dirty: it must be drawn even if it did not move; said: the step that is
// written over it; numbers: the keyframe whose numbers are written under it.
function viewOf({ factor, made }, panel) {
  const field = new Field(panel, factor);
  const sheet = () => {
    const image = new ImageData(field.size, field.size);
    return { image, pixels: new Uint32Array(image.data.buffer), canvas: canvasOf(field.size, field.size) };
  };
  made[panel.name] = (made[panel.name] || 0) + 1;
  return {
    panel, field, lines: new Lines(field.width), fill: sheet(), mask: sheet(),
    members: panel.members.map((member) => new Field(member, 2)).map((each) => [each, new Lines(each.width)]),
    dirty: true, said: null, numbers: null,
  };
}

// A reference that moves while requests come: the same field and lines for all panels, which stand at the same request.
function movingOf(model, factor) {
  const field = new Field(model, factor);
  return { field, lines: new Lines(field.width) };
}

// Samples a cell: as fine as the picture deserves and as the time of a frame allows.
function factorOf(header, panels, pixels) {
  const channels = Math.max(...header.panels.map((panel) => panel.channels), header.scene.channels);
  const affordable = (f) => f * f * header.size * header.size * channels * panels <= 200_000;
  return [4, 3, 2].find((f) => affordable(f) && (f - 1) * header.size <= pixels / 2) || 1;
}

// The slope at the end of the scale of the layer "slope"; 1 where that layer was never on.
function slopeEnd(state) {
  if (!state.steep && state.layers.has("slope")) state.steep = steepest(state.scene);
  return state.steep || 1;
}

// Forget what was made of another scene.
function forgetViews(state) {
  state.ghosts = state.vote = state.mean = state.steep = null;
}
