// Ask for a run of a part of the page when there is something new for it.
//
// Each part that waits for news mounts this component with {route, tab, part, count}: count is what it has drawn. The
// server tells its own counts over one connection, which stands while the tab is in sight. A server that was started
// again, or that has waited too long for a tab that slept, knows the tab no more. Then the whole page is asked for until
// it comes: Streamlit drops what is asked before its own connection stands. Where the server serves no news at all, a
// part that waits asks every CLOCK ms instead.
//
// Once the whole page is drawn, every player must stand in its place. One that is lost is asked for anew.

const LATE = 2000; // ms after which a run that was asked for must have drawn the part; else it is asked for again
const TRIES = 3; // then the whole page is asked for
const CLOCK = 1000; // ms
const LEAVING = 5000; // ms after a link was followed in which nothing is asked, unless a page was drawn since
const PAGE = "page"; // the part that stands for the whole page

class News {
  constructor() {
    this.waiting = new Set(); // of {address, part, count, ask, tries, timer}; of one part the newest counts
    this.counts = {};
    this.source = null;
    this.clock = 0;
    this.again = 0; // the timer of what is tried again
    this.left = -Infinity; // when a link was followed
    this.goal = ""; // the path that it leads to
    this.stay = 0;
    this.losses = 0; // how often a player was asked for anew since all stood in their places
    const followed = ({ target, ctrlKey, metaKey, shiftKey }) => {
      const link = target.closest?.("a[href]");
      if (link && !ctrlKey && !metaKey && !shiftKey) this.leave(link.pathname); // else it opens a tab of its own
    };
    document.addEventListener("click", followed, true);
    window.addEventListener("popstate", () => this.leave(location.pathname));
    document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open(this.address)));
  }

  // Streamlit names the page in each run that is asked for, and learns of a new page only when that has begun. What is
  // asked in between would take the run of the new page back to the old one.
  leave(path) {
    this.left = Date.now();
    this.goal = path;
    clearTimeout(this.stay);
    this.stay = setTimeout(() => this.arrive(), LEAVING);
  }

  leaves() {
    return Date.now() - this.left < LEAVING;
  }

  arrive() {
    this.left = -Infinity;
    this.look();
  }

  wait(data, ask, lost) {
    const address = `${data.route}?tab=${data.tab}`;
    const one = { address, part: data.part, count: data.count, ask, tries: 0, timer: 0, seek: 0 };
    this.waiting.add(one);
    if (data.part === PAGE) one.seek = setTimeout(() => this.seek(lost), LATE);
    if (this.address !== address || (data.part === PAGE && this.again)) this.open(address);
    if (data.part === PAGE && location.pathname === this.goal) this.arrive(); // it was drawn to its end
    else this.look();
    return () => {
      clearTimeout(one.timer);
      clearTimeout(one.seek);
      this.waiting.delete(one);
    };
  }

  // The newest of each part; an older call of a component may end late. A server that was started again counts anew: what
  // waited for the one before it counts no more.
  parts() {
    const newest = new Map();
    for (const one of this.waiting) {
      if (one.address === this.address && one.part !== PAGE && !(newest.get(one.part)?.count > one.count)) newest.set(one.part, one);
    }
    return [...newest.values()];
  }

  look() {
    for (const one of this.parts()) if ((this.counts[one.part] ?? 0) > one.count && !one.timer) this.ask(one);
  }

  ask(one) {
    if (this.leaves()) return; // `arrive` looks again
    one.tries += 1;
    one.timer = setTimeout(() => {
      one.timer = 0;
      this.look();
    }, LATE);
    if (one.tries <= TRIES) one.ask();
    else if (one.tries === TRIES + 1) this.askPage();
  }

  askPage() {
    if (this.leaves()) return;
    [...this.waiting].filter(({ address, part }) => address === this.address && part === PAGE).at(-1)?.ask();
  }

  // To draw the page again would not bring a player back: Streamlit hands a component no data that it has been given.
  seek(lost) {
    if (document.hidden || this.leaves()) return;
    if (!lacks()) this.losses = 0;
    else if (this.losses++ < TRIES) lost();
  }

  open(address) {
    this.close();
    this.address = address;
    if (document.hidden || !address) return;
    const source = (this.source = new EventSource(address));
    source.onmessage = ({ data }) => {
      this.counts = JSON.parse(data);
      this.look();
    };
    source.onerror = () => {
      if (source === this.source && source.readyState === EventSource.CLOSED) this.refused(); // else the browser tries again
    };
  }

  async refused() {
    const source = this.source;
    const answer = await fetch(this.address).catch(() => null);
    if (source !== this.source) return;
    if (!answer) this.later(() => this.open(this.address)); // nobody is there
    else if (answer.status === 404 && answer.headers.get("content-type")?.startsWith("text/plain")) this.anew();
    else this.tick();
  }

  // Ask for the whole page until it has come.
  anew() {
    this.askPage();
    this.later(() => this.anew());
  }

  later(act) {
    clearTimeout(this.again);
    this.again = setTimeout(act, LATE);
  }

  tick() {
    clearInterval(this.clock);
    this.clock = setInterval(() => this.parts().forEach((one) => one.timer || this.leaves() || one.ask()), CLOCK);
  }

  close() {
    this.source?.close();
    clearInterval(this.clock);
    clearTimeout(this.again);
    this.again = 0;
    this.source = null;
    this.counts = {};
  }
}

// Whether a place for a player is empty. Streamlit draws what a component draws below a root of its own.
function lacks() {
  const holds = ({ shadowRoot }) => shadowRoot?.querySelector("canvas");
  return [...document.querySelectorAll('[class*="st-key-player-"]')].some((place) => ![...place.querySelectorAll("*")].some(holds));
}

export default function ({ data, setTriggerValue }) {
  document.explorerNews ??= new News();
  const tell = (name) => () => setTriggerValue(name, Date.now());
  return document.explorerNews.wait(data, tell("news"), tell("lost"));
}
