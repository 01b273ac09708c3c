// A class in a talk: phones are asked what a lesson's slide asks, and the next slide shows what all of them guessed. How
// to join lies over the slide until the talk goes on; then a line says the code, and how many have answered.

const STORED = "explorer-class-key"; // the page of a lesson keeps it there too, so that either finds the class of the other
const PLACES = { code: "joincode", address: "joinat" };

class Room {
  // talk: whose slides it follows; route: the path below which a class is opened and asked.
  constructor(talk, route) {
    Object.assign(this, { talk, route, held: null, counts: null });
    this.line = elementOf("p", "classline");
    this.line.setAttribute("role", "status");
    this.door = elementOf("section", "joining");
    this.door.setAttribute("aria-label", "Join the class");
    this.line.hidden = this.door.hidden = true;
    talk.root.append(this.line, this.door);
    const key = stored();
    if (key) this.open({ key }, true).catch(() => stored(""));
  }

  // Whether a deck asks anything of a class.
  static fits({ slides }) {
    return slides.some(({ link }) => partsOf(link)[0] === "lessons");
  }

  // What a key asks for: open a class, or show how to join it, or go on.
  async toggle() {
    if (this.held) return this.show(this.door.hidden);
    try {
      await this.open({}, false);
    } catch (error) {
      this.talk.said([error.message]);
    }
  }

  async open(sent, again) {
    this.held = await (await this.post("open", sent)).json();
    stored(this.held.key);
    this.draw();
    this.show(!again);
    this.source = new EventSource(`${this.route}?key=${this.held.key}`);
    this.source.onmessage = ({ data }) => this.counted(JSON.parse(data));
    this.talk.root.classList.add("taught");
    this.slide(this.talk.at);
  }

  // How to join, large enough for the last row.
  draw() {
    const { picture, address, code, alone } = this.held;
    const image = elementOf("img");
    Object.assign(image, { src: picture, alt: "QR code of the address to join" });
    const text = elementOf("div");
    const said = [["p", "", "Scan, or open"], ["p", PLACES.address, address], ["p", "", "and type"], ["p", PLACES.code, code]];
    text.append(...said.map((each) => elementOf(...each)));
    text.append(elementOf("p", "joined"));
    text.append(elementOf("p", "quiet", "No name and no account. Guesses are counted, and forgotten at the end of the class."));
    if (alone) text.append(elementOf("p", "quiet", "This app answers this machine alone, so no phone can join. Start it with make run HOST=0.0.0.0."));
    const [on, end] = [elementOf("button", "", "Begin"), elementOf("button", "", "End the class")];
    on.addEventListener("click", () => this.show(false));
    end.addEventListener("click", () => this.end());
    const ways = elementOf("p", "ways");
    ways.append(on, end);
    text.append(ways);
    this.door.replaceChildren(image, text);
  }

  show(door) {
    this.door.hidden = !door;
    this.counted(this.counts);
  }

  counted(counts) {
    if (!this.held) return;
    if (counts && counts.over) return this.over();
    this.counts = counts || { people: 0, answered: 0 };
    const { people, answered } = this.counts;
    const asks = this.phase === "ask" ? `${answered} of ${people} ${people === 1 ? "has" : "have"} answered` : `${people} joined`;
    this.door.querySelector(".joined").textContent = `${people} joined`;
    const parts = [elementOf("b", "", this.held.code), elementOf("span", "", `at ${this.held.address}`), elementOf("strong", "", asks)];
    this.line.replaceChildren(...parts);
    this.line.hidden = !this.door.hidden;
  }

  // Put a slide to the class, and show it as the class sees it.
  async slide(at) {
    if (!this.held) return;
    if (this.stop) this.stop.abort();
    const stop = (this.stop = new AbortController());
    this.phase = "";
    this.counted(this.counts);
    const slide = this.talk.slides.deck.slides[at];
    try {
      const answer = await this.post("slide", { key: this.held.key, link: slide.link }, stop.signal);
      if (answer.status === 204) return;
      const said = JSON.parse(answer.headers.get("x-class"));
      const body = new Uint8Array(await answer.arrayBuffer());
      await this.talk.ready;
      if (stop.signal.aborted || this.talk.at !== at) return;
      this.phase = said.phase;
      this.talk.stage.show(slide, { kind: "player", body });
      if (said.bars.length) this.talk.stage.slide.querySelector(".says").after(barsOf(said.bars));
      this.counted(this.counts);
    } catch (error) {
      if (!stop.signal.aborted) this.talk.said([error.message]);
    }
  }

  async end() {
    const { key } = this.held;
    this.over();
    await this.post("end", { key }).catch(() => null);
  }

  over() {
    if (this.source) this.source.close();
    if (this.stop) this.stop.abort();
    stored("");
    this.held = this.counts = null;
    for (const part of [this.line, this.door]) {
      part.hidden = true;
      part.replaceChildren();
    }
    this.talk.root.classList.remove("taught");
  }

  async post(what, sent, signal) {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${this.route}/${what}`, { method: "POST", headers, body: JSON.stringify(sent), signal });
    if (answer.ok) return answer;
    if (answer.status === 410) this.over();
    throw new Error((await answer.text()).trim());
  }
}

// How often each answer was given, the right one marked.
function barsOf(bars) {
  const [made, most] = [elementOf("div", "bars"), Math.max(1, ...bars.map(({ count }) => count))];
  for (const { title, count, right } of bars) {
    const [answer, bar] = [elementOf("p", right ? "right" : ""), elementOf("i")];
    bar.style.setProperty("--share", `${(100 * count) / most}%`);
    answer.append(elementOf("span", "", right ? `✓ ${title}` : title), elementOf("b", "", `${count}`), bar);
    made.append(answer);
  }
  return made;
}

// Keep the lecturer's key in this tab, or return it; a browser that stores nothing loses the class on reload.
function stored(key) {
  try {
    if (key === undefined) return sessionStorage.getItem(STORED) || "";
    if (key) sessionStorage.setItem(STORED, key);
    else sessionStorage.removeItem(STORED);
  } catch {
    // private windows may refuse
  }
  return "";
}
