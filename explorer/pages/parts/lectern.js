// Count a class while it guesses: how many have joined, or how many of them have answered. Both counts of a page share
// one stream. What a count says changes in its place, so nothing around it moves and nothing runs on the server's page.
//
// data: {address, what: "joined" or "answered", people, answered}

const LATE = 3000; // ms after which a broken stream is opened again

class Stream {
  constructor(address) {
    Object.assign(this, { address, counts: null, heard: new Set() });
    this.open();
  }

  open() {
    this.source = new EventSource(this.address);
    this.source.onmessage = ({ data }) => {
      this.counts = JSON.parse(data);
      if (this.counts.over) this.source.close();
      for (const tell of this.heard) tell(this.counts);
    };
    this.source.onerror = () => {
      if (this.source.readyState !== EventSource.CLOSED || !this.heard.size) return; // else the browser tries again
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.heard.size && this.open(), LATE);
    };
  }

  close() {
    this.source.close();
    clearTimeout(this.timer);
  }
}

// The stream of an address, shared; it ends with its last listener.
function listen(address, tell) {
  const streams = (document.explorerClass ??= new Map());
  if (!streams.has(address)) streams.set(address, new Stream(address));
  const stream = streams.get(address);
  stream.heard.add(tell);
  if (stream.counts) tell(stream.counts);
  return () => {
    stream.heard.delete(tell);
    if (stream.heard.size) return;
    stream.close();
    streams.delete(address);
  };
}

function drawn(root, what) {
  if (!root.explorerCount) {
    root.explorerCount = document.createElement("div");
    root.explorerCount.style.cssText = "font-family: var(--st-font, inherit); line-height: 1.3; color: var(--st-text-color, inherit);";
    root.append(root.explorerCount);
  }
  return ({ people, answered, over }) => {
    const place = root.explorerCount;
    if (over) return void (place.textContent = "This class has ended.");
    if (what === "joined") return void (place.textContent = `${people} joined`);
    if (!place.firstChild || !place.querySelector("b")) {
      place.innerHTML =
        '<div role="status"><b></b> <span></span></div><div class="bar" aria-hidden="true"><i></i></div>';
      place.querySelector("b").style.cssText = "font-size: 2.6rem; font-weight: 650; font-variant-numeric: tabular-nums;";
      place.querySelector(".bar").style.cssText = "height: 8px; border-radius: 4px; background: color-mix(in srgb, currentColor 15%, transparent); margin-top: .3rem;";
      place.querySelector("i").style.cssText = "display: block; height: 100%; border-radius: 4px; background: var(--st-primary-color, #7a1fc9); transition: width .2s;";
    }
    place.querySelector("b").textContent = answered;
    place.querySelector("span").textContent = `of ${people} ${people === 1 ? "has" : "have"} answered`;
    place.querySelector("i").style.width = `${people ? (100 * answered) / people : 0}%`;
  };
}

export default function ({ parentElement, data, setTriggerValue }) {
  const tell = drawn(parentElement, data.what);
  let ended = false;
  tell(data);
  return listen(data.address, (counts) => {
    tell(counts);
    if (counts.over && !ended && data.what === "joined") setTriggerValue("over", (ended = true));
  });
}
