// The talk: which slide is shown, whether the screen is black, and what the windows tell one another.

class Talk {
  // root: where it is drawn; given: what the page says, see the module; notes: whether this is the window of who speaks.
  constructor(root, given, notes) {
    Object.assign(this, { root, given, at: 0, dark: false });
    this.slides = new Slides(given.deck, given.route);
    this.speaks = notes ? new Notes(root, this) : null;
    if (!notes) this.screen();
    this.stage = notes ? this.speaks.current : new Stage(root.querySelector(".stage"));
    this.class = given.classes && !notes && Room.fits(given.deck) ? new Room(this, given.classes) : null;
    this.live = elementOf("div", "live");
    this.live.setAttribute("role", "status");
    root.append(this.live);
    this.controls();
    this.others = new Follow(nameOf(JSON.stringify(given.deck)), (message) => this.heard(message));
    listen(this);
    this.show(Math.min(this.slides.count - 1, Math.max(0, given.at)));
    this.others.tell({ asks: true });
    this.follow();
  }

  // What the room sees: the slide, a thin line of progress, and black over all of it.
  screen() {
    const [stage, line] = [elementOf("div", "stage"), elementOf("div", "progress")];
    line.append(...this.slides.deck.slides.map(() => document.createElement("i")));
    line.setAttribute("role", "img");
    this.line = line;
    this.cover = elementOf("div", "black");
    this.cover.hidden = true;
    this.root.append(stage, line, this.cover);
    this.said(this.given.said);
  }

  // Say what of a link was ignored, for a while.
  said(sentences) {
    if (!sentences.length) return;
    const made = elementOf("p", "said", sentences.join(" "));
    made.setAttribute("role", "alert");
    this.root.append(made);
    setTimeout(() => made.remove(), 12000);
  }

  // Buttons for who has no clicker; they come when the pointer moves, or the focus is among them.
  controls() {
    const bar = elementOf("nav", "controls");
    bar.setAttribute("aria-label", "The talk");
    const add = (label, keys, act) => {
      const button = elementOf("button", "", label);
      button.type = "button";
      button.title = keys;
      button.addEventListener("click", act);
      bar.append(button);
    };
    add("Back", "Page Up", () => this.go(this.at - 1));
    add("Play", "Space; the arrows step frames", () => this.move("toggle"));
    add("Next", "Page Down", () => this.go(this.at + 1));
    add("Black", "B or .", () => this.black());
    if (!this.speaks) add("Notes", "N: your notes, in a second window", () => this.notes());
    if (this.class) add("Class", "C: everybody guesses on a phone", () => this.class.toggle());
    if (!this.speaks && document.fullscreenEnabled) add("Full screen", "F", () => this.full());
    if (this.given.home && !this.speaks) add("Open in the app", "P", () => this.leave());
    this.root.append(bar);
    const wake = () => {
      this.root.classList.add("awake");
      clearTimeout(this.asleep);
      this.asleep = setTimeout(() => this.root.classList.remove("awake"), 2500);
    };
    for (const name of ["pointermove", "pointerdown"]) document.addEventListener(name, wake);
  }

  // --- what keys and buttons ask for ----------------------------------------------------------------------------------

  go(at) {
    if (this.class && !this.class.door.hidden) return this.class.show(false); // the class begins
    const place = Math.min(this.slides.count - 1, Math.max(0, at));
    if (place === this.at && !this.dark) return;
    this.dark = false;
    if (this.speaks) this.speaks.moves();
    this.show(place);
    this.tell({ moved: true });
  }

  black() {
    this.dark = !this.dark;
    this.shade();
    this.tell({});
  }

  move(what) {
    this.stage.move(what);
    if (this.speaks) this.speaks.moves();
    this.tell({ moved: true, place: this.stage.place });
  }

  // Open a class, or show how to join it; the window of who speaks asks the one that the room sees.
  teach() {
    if (this.class) this.class.toggle();
    else if (this.speaks) this.others.tell({ teach: true });
  }

  full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (document.fullscreenEnabled) document.documentElement.requestFullscreen();
  }

  notes() {
    if (this.speaks) return;
    const address = new URL(location.href);
    address.searchParams.set("present", "notes");
    const other = window.open(address.href, nameOf(address.href), "popup,width=1180,height=760");
    if (other) this.others.windows.add(other);
  }

  // Go to the app: to the picture that is shown, or to the list of decks.
  leave(list = false) {
    const { home } = this.given;
    const { link } = this.slides.deck.slides[this.at];
    if (home && !this.speaks) location.href = home + (list || !link ? "decks" : partsOf(link).join("?"));
  }

  // --- what is shown --------------------------------------------------------------------------------------------------

  show(at) {
    this.at = at;
    const slide = this.slides.deck.slides[at];
    this.shade();
    this.number();
    this.live.textContent = `Slide ${at + 1} of ${this.slides.count}: ${slide.title}`;
    document.title = [slide.title, this.slides.deck.title].filter(Boolean)[0] || "Unlearning Explorer";
    this.ready = this.draw(slide, at);
    if (this.speaks) this.speaks.show(at, this.dark);
    if (this.class) this.class.slide(at);
    this.slides.ahead(at);
  }

  async draw(slide, at) {
    let content = null;
    const coming = this.slides.get(at).then((found) => (content = found));
    await Promise.race([coming, new Promise((done) => setTimeout(done, 40))]);
    if (this.at !== at) return;
    if (!content) {
      this.stage.show(slide, null);
      await coming;
    }
    if (this.at !== at) return;
    this.stage.show(slide, content);
    if (this.speaks) this.speaks.ahead(at);
  }

  shade() {
    if (this.cover) this.cover.hidden = !this.dark;
    if (this.speaks) this.speaks.dark.hidden = !this.dark;
  }

  // The address says which slide it is, so that a reload goes on there.
  number() {
    const address = new URL(location.href);
    address.searchParams.set("slide", this.at + 1);
    try {
      history.replaceState(null, "", address);
    } catch {
      // A file that was opened without a server has an address that stays.
    }
  }

  // Draw the line of progress: slides that were shown, and how far the picture of this one is.
  follow() {
    const place = this.stage.place;
    if (this.line) {
      [...this.line.children].forEach((part, k) => {
        const share = k < this.at ? 1 : k > this.at ? 0 : place ? place.progress : 1;
        part.style.setProperty("--share", `${100 * share}%`);
        part.classList.toggle("here", k === this.at);
      });
      this.line.setAttribute("aria-label", `Slide ${this.at + 1} of ${this.slides.count}`);
    }
    const playing = Boolean(place && place.playing);
    const button = this.root.querySelector(".controls button:nth-child(2)");
    if (button.textContent !== (playing ? "Pause" : "Play")) button.textContent = playing ? "Pause" : "Play";
    button.disabled = !place;
    requestAnimationFrame(() => this.follow());
  }

  // --- the other windows ----------------------------------------------------------------------------------------------

  // moved: whether somebody went on, or moved the picture; place: where the picture stands, if that is to be followed.
  tell({ moved = false, place = null }) {
    this.others.tell({ at: this.at, dark: this.dark, moved, place });
  }

  async heard({ asks, teach, at, dark, moved, place }) {
    if (teach && this.class) this.class.toggle();
    if (asks) {
      this.tell({ place: this.stage.place });
      return;
    }
    if (!Number.isInteger(at) || at < 0 || at >= this.slides.count) return;
    if (this.speaks && moved) this.speaks.moves();
    this.dark = Boolean(dark);
    this.shade();
    if (at !== this.at) this.show(at);
    if (!place) return;
    await this.ready;
    if (this.at === at) this.stage.stand(place);
  }
}

const given = JSON.parse(document.getElementById("deck").textContent);
const root = document.getElementById("talk");
try {
  if (!given.deck) given.deck = await deckOf(location.hash);
  const { searchParams } = new URL(location.href);
  const slide = Number(searchParams.get("slide"));
  if (Number.isInteger(slide) && slide > 0) given.at = slide - 1;
  if (!given.deck.slides.length) throw new Error("This deck has no slides yet.");
  window.explorerTalk = new Talk(root, given, searchParams.get("present") === "notes");
} catch (error) {
  root.append(elementOf("p", "trouble", error.message));
  if (given.home) {
    const link = elementOf("a", "", "Choose a deck");
    link.href = `${given.home}decks`;
    root.append(link);
  }
}
