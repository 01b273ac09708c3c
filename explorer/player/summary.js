// What is on screen, in words, for those who cannot see it.

function summary(state) {
  const { scene, words, header } = state;
  if (!state.vote) state.vote = vote(scene, state.factor);
  const heads = [header.look.title, header.look.ratio].filter(Boolean).map((text) => text.replace(/[.:]?$/, "."));
  const panels = state.views.flatMap((view) => panelTexts(state, view));
  const missing = header.look.expected.filter(([name]) => !state.byName.has(name));
  const computing = missing.map(([, title]) => `${title}: ${words.computing}`);
  return [...heads, ...panels, ...computing].filter(Boolean).join(" ");
}

function panelTexts(state, view) {
  const { scene, words, progress } = state;
  const { panel, field } = view;
  if (panel.refused) return [`${panel.title}: ${panel.trouble}`];
  view.dirty = field.move(stepAt(panel, progress)) || view.dirty; // a field that moved here must still be drawn
  const asked = [...scene.forget].filter((_, i) => isAsked(scene, i, requestsAt(panel, progress)));
  let kept = 0;
  for (const row of asked) kept += field.classAt(scene.at[2 * row], scene.at[2 * row + 1]) === scene.y[row];
  const step = stepText(state, panel, progress);
  const text = say(words, "summary", {
    title: panel.title, step: step ? ` (${step})` : "", kept, forget: asked.length,
    share: differing(field, state.vote.most).toFixed(1),
  });
  const excess = state.layers.has("excess") && scene.forget.length;
  return [text, panel.trouble, excess ? excessText(words, excessAtForget(field, state.mean, scene)) : "", ...numberLines(state, panel, progress), noteOf(state, panel), panel.unmoved];
}

// Percent of the plane on which a field's class is not the one that most retrained models give.
function differing({ size, width, classes }, most) {
  let count = 0;
  for (let r = 1; r <= size; r++)
    for (let j = 1; j <= size; j++) count += classes[r * width + j] !== most[r * width + j];
  return (100 * count) / (size * size);
}

const excessText = (words, nats) =>
  say(words, "summaryExcess", { value: Math.abs(nats).toFixed(2), way: nats < 0 ? words.below : words.above });
