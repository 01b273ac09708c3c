// What is on screen, in words.
function summary(state) {
  const { scene, words, header, progress } = state;
  const parts = [header.look.title, header.look.ratio].filter(Boolean).map((text) => text.replace(/[.:]?$/, "."));
  if (!state.vote) state.vote = vote(scene, state.factor);
  const { most } = state.vote;
  for (const view of state.views) {
    const { panel, field } = view;
    view.dirty = field.move(stepAt(panel, progress)) || view.dirty;
    let kept = 0;
    for (const row of scene.forget) kept += field.classAt(scene.at[2 * row], scene.at[2 * row + 1]) === scene.y[row];
    let differs = 0;
    const { size, width, classes } = field;
    for (let r = 1; r <= size; r++)
      for (let j = 1; j <= size; j++) differs += classes[r * width + j] !== most[r * width + j];
    const step = stepText(state, panel, progress);
    parts.push(
      say(words, "summary", {
        title: panel.title, step: step ? ` (${step})` : "", kept, forget: scene.forget.length,
        share: ((100 * differs) / (size * size)).toFixed(1),
      }),
      state.layers.has("excess") && scene.forget.length ? excessText(words, excessAtForget(field, state.mean, scene)) : "",
      ...panel.score, panel.note, panel.trouble,
    );
  }
  for (const [name, title] of header.look.expected) if (!state.byName.has(name)) parts.push(`${title}: ${words.computing}`);
  return parts.filter(Boolean).join(" ");
}

const excessText = (words, nats) =>
  say(words, "summaryExcess", { value: Math.abs(nats).toFixed(2), way: nats < 0 ? words.below : words.above });
