// The numbers under a panel: its accuracies at the step on screen, each beside that of the retrained models.

const SETS = { forget: "setForget", retain: "setRetain", test: "setTest" };

// The keyframe nearest to a progress in [0, 1]: its numbers belong to a model that was there.
function nearest(panel, progress) {
  const [k, t] = between(panel.step, stepAt(panel, progress));
  return t < 0.5 ? k : k + 1;
}

// Lines of numbers of a panel at a progress in [0, 1].
function numberLines({ words, header }, panel, progress) {
  const k = nearest(panel, progress);
  return Object.entries(SETS).flatMap(([set, key]) => {
    if (!panel.accuracy[set] || (header.overlay && !header.overlay.sets.includes(set))) return [];
    const goal = goalAt(header.goals[set], k);
    const which = !goal ? "measured" : panel.several && !header.overlay ? "measuredAmong" : "measuredBeside";
    return [say(words, which, { set: words[key], value: panel.accuracy[set][k], count: panel.several, ...goal })];
  });
}

// What retrained models have at a keyframe: the same at all, or one number each while requests come.
const goalAt = (goal, k) => (goal && goal.each ? { mean: goal.each[k], range: goal.each[k] } : goal);

// What stands below the numbers at every step: the cost, and what the method has to say.
const noteOf = ({ words, header }, panel) => (header.overlay ? "" : [panel.cost && say(words, "cost", { times: panel.cost }), panel.note].filter(Boolean).join("; "));

// The same with the widest numbers, for the layout: a number that changes moves nothing.
const widestLines = (state, panel) => numberLines(state, { ...panel, accuracy: widest(panel.accuracy) }, 0);

const widest = (accuracy) =>
  Object.fromEntries(Object.entries(accuracy).map(([set, values]) => [set, values.map(() => ".000")]));

// Write the numbers under a panel's picture, if they are those of another keyframe.
function drawNumbers(state, view) {
  const { context: c, layout, look, progress } = state;
  const { box, panel } = view;
  const k = nearest(panel, progress);
  if (k === view.numbers) return;
  view.numbers = k;
  const { size, wrapped } = layout.footer;
  const room = wrapped.get(box.name).numbers;
  const top = box.y + box.h + layout.axis.below;
  c.font = look.font(size);
  c.fillStyle = look.paper;
  c.fillRect(box.x - 1, top, box.w + 3, room * size * 1.32 + 2);
  c.fillStyle = look.ink;
  const shown = numberLines(state, panel, progress).flatMap((line) => wrap(c, line, box.w));
  shown.forEach((line, i) => c.fillText(line, box.x, top + size * (1.1 + 1.32 * i)));
}
