// What keys do: those of a clicker, and those of a keyboard. Nothing where somebody types.

const KEYS = {
  PageDown: (talk) => talk.go(talk.at + 1),
  PageUp: (talk) => talk.go(talk.at - 1),
  ".": (talk) => talk.black(),
  b: (talk) => talk.black(),
  " ": (talk) => talk.move("toggle"),
  ArrowRight: (talk) => talk.move(1),
  ArrowLeft: (talk) => talk.move(-1),
  Home: (talk) => talk.move("first"),
  End: (talk) => talk.move("last"),
  n: (talk) => talk.notes(),
  c: (talk) => talk.teach(),
  f: (talk) => talk.full(),
  p: (talk) => talk.leave(),
  Escape: (talk) => document.fullscreenElement || talk.leave(true),
};

function listen(talk) {
  const key = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    const on = (kinds) => event.target instanceof Element && event.target.matches(kinds);
    if (!action || on("input, textarea, select") || (event.key === " " && on("button, a"))) return; // space presses a button
    event.preventDefault();
    event.stopPropagation();
    action(talk);
  };
  document.addEventListener("keydown", key, true); // before the player, which knows some of them too
  swiped(talk);
}

// A finger pulled across goes to the next slide, or back.
function swiped(talk) {
  let from = null;
  document.addEventListener("touchstart", ({ touches }) => (from = touches.length === 1 ? touches[0] : null), { passive: true });
  document.addEventListener("touchend", ({ changedTouches: [end] }) => {
    if (!from) return;
    const [dx, dy] = [end.clientX - from.clientX, end.clientY - from.clientY];
    from = null;
    if (Math.abs(dx) > 60 && Math.abs(dx) > 2 * Math.abs(dy)) talk.go(talk.at + (dx < 0 ? 1 : -1));
  });
}
