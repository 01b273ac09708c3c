// Ask for a run of a part of the page when there is something new for it.
//
// Each part that waits for news mounts this component with {route, tab, part, count}: count is what it has drawn. The
// server tells its own counts over one connection. Where it serves none, a part asks every CLOCK seconds instead.

const LATE = 2000; // ms after which a run that was asked for must have drawn the part; else it is asked for again
const TRIES = 3; // then the whole page is asked for
const CLOCK = 1000; // ms
const QUIET = 3000; // ms without any part that waits, after which the connection is dropped
const PAGE = "page"; // the part that stands for the whole page

class News {
  constructor() {
    this.waiting = new Set(); // of {part, count, ask, tries, timer}; of one part the newest counts
    this.counts = {};
    this.source = null;
    this.clock = 0;
    this.closing = 0;
  }

  wait(data, ask) {
    const one = { part: data.part, count: data.count, ask, tries: 0, timer: 0 };
    this.waiting.add(one);
    if (data.part !== PAGE) this.open(`${data.route}?tab=${data.tab}`);
    this.look();
    return () => {
      clearTimeout(one.timer);
      this.waiting.delete(one);
      clearTimeout(this.closing);
      this.closing = setTimeout(() => this.parts().length || this.close(), QUIET);
    };
  }

  // The newest of each part; an older call of a component may end late.
  parts() {
    const newest = new Map();
    for (const one of this.waiting) {
      if (one.part !== PAGE && !(newest.get(one.part)?.count > one.count)) newest.set(one.part, one);
    }
    return [...newest.values()];
  }

  look() {
    for (const one of this.parts()) if ((this.counts[one.part] ?? 0) > one.count && !one.timer) this.ask(one);
  }

  ask(one) {
    one.tries += 1;
    one.timer = setTimeout(() => {
      one.timer = 0;
      this.look();
    }, LATE);
    if (one.tries <= TRIES) one.ask();
    else if (one.tries === TRIES + 1) [...this.waiting].filter(({ part }) => part === PAGE).at(-1)?.ask();
  }

  open(address) {
    if (this.address === address) return;
    this.close();
    this.address = address;
    this.source = new EventSource(address);
    this.source.onmessage = ({ data }) => {
      this.counts = JSON.parse(data);
      this.look();
    };
    this.source.onerror = () => {
      if (this.source?.readyState === EventSource.CLOSED) this.tick(); // refused; else the browser tries again
    };
  }

  tick() {
    clearInterval(this.clock);
    this.clock = setInterval(() => this.parts().forEach((one) => one.timer || one.ask()), CLOCK);
  }

  close() {
    this.source?.close();
    clearInterval(this.clock);
    this.source = this.address = null;
    this.counts = {};
  }
}

export default function ({ data, setTriggerValue }) {
  document.explorerNews ??= new News();
  return document.explorerNews.wait(data, () => setTriggerValue("news", Date.now()));
}
