// A slider of the page answers while it moves. The page says which sliders: `document.explorerControls` is
//   {route, tab, owner, controls: [{widget, panel, name, query, stops, at, whole}]}
// tab: the name by which the server knows this page. owner: what the route is told where the picture is of points of one's own, or "".
// widget: a class of the slider's element; panel, name: the one that follows; query: of the picture, with VALUE where the
// value stands; stops: what the places of the slider mean, or null for the number itself; at: the place that the page
// knows; whole: all panels depend on it. The event "explorer-controls" on the document says that they have changed.
//
// Where the hand is ahead of the page, its picture lies over the page's. A picture of the page that knows the hand's value
// wins, and so does one that no longer has the slider.

const VALUE = "__value__";
const AT_ONCE = 2; // requests under way
const ALONE = 100; // ms that each is under way alone: where two share the cores of one server, both come later for it
const NO_ROUTE = Symbol("no route"); // the host serves no pictures

// Ask for what is wanted last. While AT_ONCE are under way, or the last one has not had its time alone, the newest waits
// here, and none that was begun is given up: each is a picture of the way that the hand went. No answer is shown after a
// newer one.
class Chase {
  // ask(request, signal): a promise of the answer; show(answer, request): called in order; alone: ms.
  constructor(ask, show, alone = ALONE) {
    Object.assign(this, { ask, show, alone, under: [], next: null, timer: null });
  }

  want(request) {
    this.next = request;
    clearTimeout(this.timer);
    if (this.under.length === AT_ONCE) return;
    const left = this.under.length ? this.under[0].since + this.alone - performance.now() : 0;
    if (left <= 0) this.begin(request);
    else this.timer = setTimeout(() => this.want(this.next), left);
  }

  begin(request) {
    const one = { request, stop: new AbortController(), since: performance.now() };
    this.under.push(one);
    this.next = null;
    const come = (answer) => {
      const place = this.under.indexOf(one);
      if (place < 0) return; // dropped
      for (const older of this.under.slice(0, place)) this.drop(older);
      this.under.shift();
      if (this.next) this.want(this.next);
      this.show(answer, request);
    };
    this.ask(request, one.stop.signal).then(come, () => come(null));
  }

  drop(one) {
    this.under = this.under.filter((other) => other !== one);
    one.stop.abort();
  }

  stop() {
    this.next = null;
    clearTimeout(this.timer);
    for (const one of this.under) this.drop(one);
  }
}

class Live {
  // player: shows headers (`given`, `state.header`, `read(bytes)`, `present(header)`); ask: for tests.
  constructor(player, ask = null) {
    this.player = player;
    this.drag = null; // {control, input, base, scene, header, shown}: what lies over the page's picture
    this.beside = ask ? null : new Beside();
    this.chase = new Chase(ask || askBy(this.beside), (answer, request) => this.answered(answer, request));
    this.watcher = new MutationObserver((changes) => changes.forEach(({ target }) => this.moved(target)));
    this.on = [
      ["explorer-controls", () => this.told()],
      ["input", (event) => this.moved(event.target)],
      ["pointerdown", (event) => (this.hand = event.target)],
      ["pointerup", () => (this.hand = null)],
      ["pointercancel", () => (this.hand = null)],
    ];
    for (const [name, act] of this.on) document.addEventListener(name, act, true);
    this.told();
  }

  unmount() {
    for (const [name, act] of this.on) document.removeEventListener(name, act, true);
    this.watcher.disconnect();
    this.chase.stop();
    this.beside?.end();
  }

  // The page has said which sliders there are, and at which places it knows them.
  told() {
    const { route = "", tab = "", owner = "", controls = [] } = document.explorerControls || {};
    Object.assign(this, { route, tab, owner, where: `${route} ${tab}` });
    this.controls = new Map(controls.map((control) => [control.widget, control]));
    this.watcher.disconnect();
    if (controls.length && !this.off) {
      this.watcher.observe(document.body, { subtree: true, attributes: true, attributeFilter: ["value"] });
      this.beside?.begin();
    }
    if (this.player.given) this.player.renew();
    if (this.drag && this.ahead()) this.follow(); // the rest of the query may be another now
  }

  // Whether nobody serves pictures at the page's route to its tab. A proxy may have answered while the server was away, so
  // another tab asks again.
  get off() {
    return this.nowhere === this.where;
  }

  // A value on the page has changed: follow it if it is a slider that a hand is at.
  moved(input) {
    if (this.off || !(input instanceof HTMLInputElement)) return;
    const widget = [...this.controls.keys()].find((name) => input.closest(`.${CSS.escape(name)}`));
    const { given } = this.player;
    if (!widget || !given || !this.held(input)) return;
    const control = this.controls.get(widget);
    if (!given.look.expected.some(([name]) => name === control.name)) return;
    if (!this.drag || this.drag.control.widget !== widget)
      this.drag = { control, input, base: idOf(given, control.name), scene: given.scene.id, header: null, shown: null, wanted: null };
    this.drag.input = input;
    if (this.drag.wanted !== placeOfInput(input)) this.follow();
  }

  held(input) {
    const group = input.closest('[role="group"]') || input;
    return document.activeElement === input || Boolean(this.hand && group.contains(this.hand));
  }

  // Ask for the picture at the place where the slider stands now.
  follow(whole = false) {
    const { drag } = this;
    if (!drag || this.off) return;
    const control = (drag.control = this.controls.get(drag.control.widget) || drag.control);
    const place = placeOfInput(drag.input);
    const value = control.stops ? control.stops[place] : place;
    if (typeof value !== "number" || !Number.isFinite(value) || !drag.input.checkValidity()) return;
    drag.wanted = place;
    const { route, tab, owner, where } = this;
    const panel = whole ? "" : `&panel=${control.panel}`;
    const url = `${route}?${control.query.replace(VALUE, value)}${panel}&tab=${tab}`;
    this.chase.want({ url, owner, where, drag, place, whole });
  }

  answered(answer, request) {
    const { drag } = this;
    if (answer === NO_ROUTE) {
      this.nowhere = request.where;
      if (this.off) this.watcher.disconnect();
    }
    if (request.drag !== drag) return;
    if (answer instanceof Uint8Array) {
      Object.assign(drag, { header: this.player.read(answer), shown: request.place });
      this.player.renew();
      if (this.drag && drag.control.whole && !request.whole && placeOfInput(drag.input) === request.place) this.follow(true);
    } else if (!this.chase.under.length && drag.shown !== placeOfInput(drag.input)) this.stop(); // it shows another value
  }

  // What it does, for tests: "off" where nobody serves pictures, "" at rest, "asked", "shown" once it shows the slider's place.
  get word() {
    if (this.off) return "off";
    if (!this.drag) return "";
    return this.drag.shown === placeOfInput(this.drag.input) ? "shown" : "asked";
  }

  // Return whether the hand is at a place of which the page does not know.
  ahead() {
    const control = this.controls.get(this.drag.control.widget);
    return Boolean(control && this.drag.input.isConnected && placeOfInput(this.drag.input) !== control.at);
  }

  // Return what to show: the page's header, or what lies over it while the page is behind the hand.
  over(given) {
    const { drag } = this;
    if (!drag || !drag.header) return given;
    const { name, widget } = drag.control;
    const there = this.controls.has(widget) && given.look.expected.some(([each]) => each === name);
    const old = given.scene.id === drag.scene && idOf(given, name) === drag.base; // the page computes still
    if (!there || !(old || this.ahead())) {
      this.drag = null;
      this.chase.stop();
      return given;
    }
    return laid(given, drag.header, name);
  }

  stop() {
    this.drag = null;
    this.chase.stop();
    this.player.renew();
  }
}

const placeOfInput = (input) => (input.value === "" ? NaN : Number(input.value));

const idOf = (header, name) => header.panels.find((panel) => panel.name === name)?.id;

// Lay a picture of one panel, or of a scene of its own, over the page's.
function laid(given, live, name) {
  const id = `${given.id}+${live.id}`;
  if (live.scene.id !== given.scene.id) return { ...live, id, look: { ...given.look, ratio: live.look.ratio } };
  const panel = live.panels.find((each) => each.name === name);
  return { ...given, id, scene: live.scene, panels: [...given.panels.filter((each) => each.name !== name), panel] };
}

// Ask beside the page: its own thread is busy building the page anew when a slider has told it of a value, and would take
// up an answer late and piece by piece. Where no Worker can be had, it asks by itself.
class Beside {
  constructor() {
    this.asked = new Map(); // number -> {answer, again} of what is under way
    this.count = 0;
    this.worker = undefined; // null where there can be none
  }

  begin() {
    if (this.worker !== undefined) return;
    try {
      const text = new Blob([`(${workBeside})()`], { type: "text/javascript" });
      this.worker = new Worker((this.address = URL.createObjectURL(text)));
      this.worker.onmessage = ({ data }) => this.came(data.number, (asked) => asked.answer(data));
      this.worker.onerror = () => this.end((asked) => asked.again());
    } catch {
      this.worker = null;
    }
  }

  // Return a promise of {status, type, bytes}; it fails where nobody answers.
  ask(url, headers, signal) {
    this.begin();
    if (!this.worker) return ownAnswer(url, headers, signal);
    const number = ++this.count;
    return new Promise((answer, fail) => {
      this.asked.set(number, {
        answer: (data) => (data.failed ? fail(new Error(data.failed)) : answer(data)),
        again: () => ownAnswer(url, headers, signal).then(answer, fail),
      });
      signal.addEventListener("abort", () => {
        this.worker?.postMessage({ number, drop: true });
        this.came(number, () => fail(signal.reason));
      });
      this.worker.postMessage({ number, url, headers });
    });
  }

  came(number, tell) {
    const asked = this.asked.get(number);
    this.asked.delete(number);
    if (asked) tell(asked);
  }

  end(tell = () => {}) {
    this.worker?.terminate();
    if (this.address) URL.revokeObjectURL(this.address);
    this.worker = null;
    for (const number of [...this.asked.keys()]) this.came(number, tell);
  }
}

// The text of the Worker.
function workBeside() {
  const stops = new Map();
  onmessage = async ({ data: { number, url, headers, drop } }) => {
    if (drop) return stops.get(number)?.abort();
    const stop = new AbortController();
    stops.set(number, stop);
    try {
      const got = await fetch(url, { signal: stop.signal, headers, cache: "no-store", credentials: "same-origin" });
      const bytes = await got.arrayBuffer();
      postMessage({ number, status: got.status, type: got.headers.get("content-type"), bytes }, [bytes]);
    } catch (error) {
      postMessage({ number, failed: String(error) });
    }
    stops.delete(number);
  };
}

async function ownAnswer(url, headers, signal) {
  const got = await fetch(url, { signal, headers, cache: "no-store", credentials: "same-origin" });
  return { status: got.status, type: got.headers.get("content-type"), bytes: await got.arrayBuffer() };
}

// Return what asks for pictures: of a request and a signal, a promise of the player's bytes; null where there is no such
// picture, NO_ROUTE where nobody serves any.
function askBy(beside) {
  return async ({ url, owner }, signal) => {
    const headers = owner ? { "X-Explorer-Owner": owner } : {};
    const { status, type, bytes } = await beside.ask(new URL(url, document.baseURI).href, headers, signal);
    const ok = status >= 200 && status < 300;
    if (ok && type === "application/octet-stream") return new Uint8Array(bytes);
    return ok || status === 404 || status === 405 ? NO_ROUTE : null;
  };
}
