// The window of who speaks: this slide and the next, the note, how long the talk has gone on, and what time it is.

class Notes {
  constructor(root, talk) {
    this.talk = talk;
    this.began = null; // when the talk left its first slide, or a picture was moved
    root.classList.add("speaks");
    const part = (name, label) => {
      const made = elementOf("section", name);
      made.setAttribute("aria-label", label);
      root.append(made);
      return made;
    };
    this.bar = part("clockbar", "Where the talk is");
    this.place = elementOf("strong", "place");
    this.dark = elementOf("span", "dark", "The screen is black");
    this.gone = elementOf("span", "gone", "0:00");
    this.gone.setAttribute("aria-label", "Time since the talk began");
    this.now = elementOf("span", "now");
    this.bar.append(this.place, this.dark, this.gone, elementOf("button", "again", "Clock to 0:00"), this.now);
    this.bar.querySelector(".again").addEventListener("click", () => ((this.began = null), this.tick()));
    this.current = new Stage(part("current", "This slide"), { small: true });
    const ahead = part("ahead", "The next slide");
    this.following = elementOf("p", "following");
    this.nextPlace = elementOf("div", "next");
    ahead.append(this.following, this.nextPlace);
    this.next = new Stage(this.nextPlace, { small: true, still: true });
    this.note = part("note", "Note");
    this.note.tabIndex = 0;
    this.tick();
    setInterval(() => this.tick(), 500);
  }

  // The talk moves: from now on its time counts.
  moves() {
    this.began = this.began || Date.now();
  }

  tick() {
    const seconds = this.began ? Math.floor((Date.now() - this.began) / 1000) : 0;
    const two = (value) => String(value).padStart(2, "0");
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    this.gone.textContent = hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
    const time = new Date();
    this.now.textContent = `${two(time.getHours())}:${two(time.getMinutes())}`;
  }

  // Say where the talk is; the pictures come when they are here.
  show(at, black) {
    const { slides } = this.talk.slides.deck;
    this.place.textContent = `Slide ${at + 1} of ${slides.length}`;
    this.dark.hidden = !black;
    const next = slides[at + 1];
    this.following.textContent = next ? "Next" : "This is the last slide.";
    this.nextPlace.hidden = !next;
    this.note.replaceChildren(elementOf("p", "", slides[at].note || "No note."));
  }

  // Show the next slide, unless the talk has gone on meanwhile.
  async ahead(at) {
    const { slides } = this.talk;
    if (at + 1 >= slides.count) return;
    this.next.show(slides.deck.slides[at + 1], null);
    const content = await slides.get(at + 1);
    if (this.talk.at === at) this.next.show(slides.deck.slides[at + 1], content);
  }
}
