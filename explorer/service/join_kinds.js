// What a phone shows: that it has joined, or a question of any kind, with a way to answer it by thumb. `join.js` has the
// helpers that are used here, the server and the beginning; both are one module.

class Rest {
  constructor(standing) {
    this.said = standing.said;
  }

  mount() {
    page(make("h1", { textContent: "You have joined." }), make("p", { textContent: this.said }), stateLine());
  }

  marked() {
    note("");
  }
}

// A question of any kind: `body` makes what one answers with, `mark` shows the guess that the server holds.
class Asked {
  constructor(question, { phase, said, truth }) {
    Object.assign(this, { question, said, truth, open: phase === "ask" });
  }

  mount() {
    const told = this.open ? [] : [make("p", { className: "answer", textContent: this.said })];
    home.classList.toggle("told", !this.open);
    page(make("h1", { textContent: this.question.ask }), this.body(), ...told, stateLine());
  }

  marked() {
    this.mark(state.guess);
    if (state.sending || state.wanted !== null) return;
    if (this.open) note(state.guess ? "Sent. You can change it until the answer is shown." : "", "good");
    else note(this.mine(state.guess));
  }

  mine(guess) {
    return guess ? "" : "You did not guess.";
  }
}

class Choice extends Asked {
  body() {
    this.buttons = this.question.options.map((option, number) =>
      make("button", { disabled: !this.open, onclick: () => this.choose(`${number}`) }, make("span", { textContent: option }), make("span", { className: "tag" })),
    );
    return make("div", { className: "choices" }, ...this.buttons);
  }

  choose(guess) {
    this.mark(guess);
    send(guess);
  }

  mark(guess) {
    this.buttons.forEach((button, number) => {
      const [mine, right] = [guess === `${number}`, this.truth === `${number}`];
      button.classList.toggle("mine", mine);
      button.classList.toggle("true", right);
      button.setAttribute("aria-pressed", mine);
      button.querySelector(".tag").textContent = [mine && "your guess", right && "the answer"].filter(Boolean).join(", ");
    });
  }
}

class Num extends Asked {
  body() {
    const { low, high, step, unit } = this.question;
    this.range = make("input", { type: "range", min: low, max: high, step, disabled: !this.open });
    this.range.value = state.guess || (low + high) / 2;
    this.range.setAttribute("aria-label", this.question.ask);
    this.output = make("output");
    const by = (sign, word) => {
      const button = make("button", { textContent: sign > 0 ? "+" : "−", disabled: !this.open, onclick: () => this.to(Number(this.range.value) + sign * step) });
      button.setAttribute("aria-label", word);
      return button;
    };
    this.range.oninput = () => this.to(Number(this.range.value));
    this.send = make("button", { className: "main", textContent: "That is my guess", onclick: () => send(this.text()) });
    const ends = make("div", { className: "ends" }, make("span", { textContent: `${low}` }), make("span", { textContent: `${high}` }));
    this.unit = unit;
    const number = make("div", { className: "number" }, this.output, by(-1, "less"), this.range, by(1, "more"), ends);
    number.hidden = this.send.hidden = !this.open;
    return make("div", { className: "stack" }, number, this.send);
  }

  text() {
    return `${Math.round(Number(this.range.value) * 1e4) / 1e4}`;
  }

  to(value) {
    this.range.value = value;
    this.tell();
  }

  tell() {
    this.output.replaceChildren(this.text(), make("small", { textContent: this.unit ? ` ${this.unit}` : "" }));
    this.range.setAttribute("aria-valuetext", `${this.text()} ${this.unit}`);
    this.send.disabled = this.text() === state.guess;
    this.send.textContent = state.guess ? (this.send.disabled ? `Sent: ${state.guess}` : "Change my guess") : "That is my guess";
  }

  mark() {
    this.tell();
  }

  mine(guess) {
    return guess ? `You said ${guess} ${this.unit}.` : super.mine(guess);
  }
}

class Order extends Asked {
  body() {
    this.chosen = state.guess ? state.guess.split(".").map(Number) : [];
    this.hint = make("p", { className: "calm", textContent: `Tap them in your order, ${this.question.first} first.` });
    this.buttons = this.question.options.map((option, number) =>
      make("button", { disabled: !this.open, onclick: () => this.tap(number) }, make("span", { className: "rank" }), make("span", { textContent: option }), make("span", { className: "tag" })),
    );
    this.anew = make("button", { className: "small", textContent: "Start again", onclick: () => ((this.chosen = []), this.paint(), note("")) });
    return make("div", { className: "choices" }, ...(this.open ? [this.hint] : []), ...this.buttons, ...(this.open ? [this.anew] : []));
  }

  tap(number) {
    if (this.chosen.length === this.buttons.length) this.chosen = [];
    const place = this.chosen.indexOf(number);
    if (place < 0) this.chosen.push(number);
    else this.chosen.splice(place, 1);
    this.paint();
    if (this.chosen.length === this.buttons.length) send(this.chosen.join("."));
    else note(`${this.chosen.length} of ${this.buttons.length}`);
  }

  paint() {
    const right = this.truth ? this.truth.split(".").map(Number) : [];
    this.buttons.forEach((button, number) => {
      const place = this.chosen.indexOf(number) + 1;
      button.querySelector(".rank").textContent = place || "";
      button.classList.toggle("mine", place > 0);
      button.setAttribute("aria-pressed", place > 0);
      button.querySelector(".tag").textContent = right.length ? `answer: ${right.indexOf(number) + 1}` : "";
    });
    this.anew.disabled = !this.chosen.length;
  }

  mark(guess) {
    if (guess && !this.chosen.length) this.chosen = guess.split(".").map(Number);
    this.paint();
  }
}

// A line or points, on the picture: the player draws it and takes the finger.
class OnPicture extends Asked {
  body() {
    this.place = make("div", { className: "picture" });
    if (this.open) this.load();
    else this.place.hidden = true;
    return this.place;
  }

  async load() {
    try {
      const [{ mount }, answer] = await Promise.all([
        import(new URL(`player.js?${home.dataset.version}`, at)), ask(query("picture", { question: this.question.key })), style(),
      ]);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (!this.place.isConnected) return;
      this.player = mount(this.place, bytes, { guess: (value) => send(this.written(value)) });
      if (state.guess) {
        this.player.state.sketch.take(this.read(state.guess));
        this.player.set({});
      }
    } catch (refused) {
      note(refused.message, "bad");
      if (refused.status === 0) setTimeout(() => this.place.isConnected && this.load(), AGAIN);
    }
  }

  mark() {}

  mine(guess) {
    return guess ? "Your guess is part of the picture on the screen." : super.mine(guess);
  }
}

class Line extends OnPicture {
  written({ line }) {
    return line.flat().map((share) => Math.round(1000 * share)).join(".");
  }

  read(text) {
    const each = text.split(".").map((share) => share / 1000);
    return { line: each.flatMap((u, k) => (k % 2 ? [] : [[u, each[k + 1]]])) };
  }
}

class Points extends OnPicture {
  written({ index }) {
    return index.join(".");
  }

  read(text) {
    return { index: text.split(".").map(Number) };
  }
}

// Load the player's style, once.
function style() {
  const href = `${new URL(`player.css?${home.dataset.version}`, at)}`;
  if (document.head.querySelector(`link[href="${href}"]`)) return undefined;
  return new Promise((done) => document.head.append(make("link", { rel: "stylesheet", href, onload: done, onerror: done })));
}

const KINDS = { choice: Choice, number: Num, order: Order, line: Line, points: Points };
