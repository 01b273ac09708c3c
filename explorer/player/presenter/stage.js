// One slide on a part of the screen: its title, its picture, one sentence. Type and lines grow with the room: `--u` is as
// many pixels as one of a screen of 1920 x 1080.

const BEFORE = 900; // ms that a picture stands still before it plays, so that the eye is there

class Stage {
  // small: a copy of what the room sees, made smaller. still: the picture does not play, and stands at its end.
  constructor(element, { small = false, still = false } = {}) {
    Object.assign(this, { element, small, still, slide: null, player: null });
    this.room = elementOf("div", small ? "room small" : "room");
    element.append(this.room);
    this.sized = new ResizeObserver(() => this.fit());
    this.sized.observe(element);
    this.fit();
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.element;
    const share = Math.min(width / 1920, height / 1080) || 0.001;
    const unit = this.small ? 1 : share;
    this.room.style.setProperty("--u", `${unit}px`);
    this.room.style.setProperty("--explorer-unit", unit);
    if (this.small) this.room.style.transform = `translate(-50%, -50%) scale(${share})`;
  }

  // Show a slide; content: {kind, body}, or null while it is not here.
  show(slide, content) {
    clearTimeout(this.soon);
    const made = slideOf(slide);
    const [before, player] = [this.slide, this.player];
    this.room.append(made);
    this.slide = made;
    this.player = null;
    const picture = made.querySelector(".picture");
    if (!content) picture.append(elementOf("p", "waiting", "computing …"));
    else if (content.kind === "player") this.play(picture, content.body, made);
    else if (content.kind === "table") picture.append(tableOf(content.body));
    else picture.append(elementOf("p", content.body.trouble ? "trouble" : "words", content.body.trouble || content.body.text));
    if (content && content.body.text) made.querySelector(".says").textContent = ""; // it is the picture
    if (player) player.unmount();
    if (before) before.remove();
  }

  play(picture, bytes, made) {
    try {
      this.player = mount(picture, bytes);
    } catch (error) {
      picture.replaceChildren(elementOf("p", "trouble", `this picture cannot be drawn: ${error.message}`));
      return;
    }
    const { state } = this.player;
    const { told } = state.words;
    if (told) made.querySelector(".says").textContent = `${told} ${made.querySelector(".says").textContent}`;
    const plays = state.playing;
    state.playing = false;
    if (this.still) state.progress = 1;
    else if (plays) this.soon = setTimeout(() => this.player && !this.player.state.playing && this.player.toggle(), BEFORE);
    this.player.draw();
  }

  // Where the picture stands; null where nothing of it moves.
  get place() {
    const { player } = this;
    if (!player || !player.state.panels.some((panel) => panel.step.length > 1)) return null;
    return { progress: player.state.progress, playing: player.state.playing };
  }

  // Do what a key asks of the picture: "toggle", or a number of keyframes, or "first", "last".
  move(what) {
    clearTimeout(this.soon);
    if (!this.place) return;
    const { act } = this.player;
    if (what === "toggle") act.toggle();
    else if (what === "first" || what === "last") act.go(what === "last" ? 1 : 0);
    else act.keyframe(what);
  }

  // Stand where another window stands.
  stand({ progress, playing }) {
    clearTimeout(this.soon);
    const here = this.place;
    if (!here || !Number.isFinite(progress)) return;
    this.player.go(progress);
    if (playing) this.player.toggle();
  }
}

function slideOf({ title, says }) {
  const made = elementOf("section", "slide");
  made.append(elementOf("h1", "", title), elementOf("div", "picture"), elementOf("p", "says", says));
  return made;
}

function elementOf(name, kind, text = "") {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
}

// A table: the first cell of a row says what the row is.
function tableOf({ heads, rows, reads }) {
  const [whole, table] = [elementOf("div", "numbers"), document.createElement("table")];
  const line = (texts, name) => {
    const row = document.createElement("tr");
    texts.forEach((text, k) => {
      const cell = elementOf(name === "th" || !k ? "th" : "td", "", text);
      if (cell.localName === "th" && text) cell.scope = name === "th" ? "col" : "row";
      row.append(cell);
    });
    return row;
  };
  table.append(line(heads, "th"), ...rows.map((row) => line(row, "td")));
  whole.append(table, elementOf("p", "", reads));
  return whole;
}
