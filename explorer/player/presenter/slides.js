// Where slides come from: this page itself, or a route that is asked for each of them, the next ones while one speaks.

const NEAR = 8; // slides ahead that are fetched before they are shown
const KEPT = 20; // slides away from the present one beyond which they are forgotten

class Slides {
  // deck: {title, slides: [{link, title, says, note, trouble}]}; route: where a slide is had, "" where this page has them.
  constructor(deck, route, ask = (address, signal) => fetch(address, { signal })) {
    Object.assign(this, { deck, route, ask, kept: new Map(), turn: 0, asked: 0 });
    this.tab = `talk-${[...crypto.getRandomValues(new Uint8Array(6))].map((byte) => byte.toString(16)).join("")}`;
  }

  get count() {
    return this.deck.slides.length;
  }

  // Return a promise of what a slide shows: {kind, body}. It never fails: what cannot be had is said, and asked for again
  // when the slide is shown again.
  get(k) {
    if (!this.kept.has(k)) {
      const found = this.load(k).catch((error) => this.missed(k, error.message));
      this.kept.set(k, found);
    }
    return this.kept.get(k);
  }

  missed(k, sentence) {
    this.kept.delete(k);
    return { kind: "text", body: { trouble: sentence } };
  }

  async load(k) {
    const { link, trouble } = this.deck.slides[k];
    if (trouble) return { kind: "text", body: { trouble } };
    if (!this.route) return held(k);
    const answer = await this.ask(addressOf(this.route, link, this.tab));
    if (!answer.ok) {
      const sentence = (await answer.text()).trim();
      const lasting = answer.status === 400 || answer.status === 403;
      if (lasting) return { kind: "text", body: { trouble: sentence } };
      throw new Error(sentence);
    }
    this.asked += 1;
    return contentOf(answer.headers.get("x-slide"), new Uint8Array(await answer.arrayBuffer()));
  }

  // Fetch what comes next, one after the other, until another slide is shown.
  async ahead(k) {
    const turn = ++this.turn;
    for (const other of this.kept.keys()) if (this.route && Math.abs(other - k) > KEPT) this.kept.delete(other);
    await this.get(k);
    const next = Array.from({ length: NEAR }, (_, i) => k + 1 + i);
    for (const one of [...next.slice(0, 2), k - 1, ...next.slice(2)]) {
      if (turn !== this.turn) return;
      if (one >= 0 && one < this.count) await this.get(one);
    }
  }
}

// Return [page, query] of a link in the app; no more of it is used, wherever it leads.
function partsOf(link) {
  const [path, query = ""] = link.split("#")[0].split(/\?(.*)/s);
  return [path.replace(/\/+$/, "").split("/").pop() || "watch", query];
}

// The address of a slide's content, from its link in the app.
function addressOf(route, link, tab) {
  const [page, query] = partsOf(link);
  const parts = new URLSearchParams(query);
  parts.delete("page");
  return `${route}?${new URLSearchParams({ page, ...Object.fromEntries(parts), tab })}`;
}

// What bytes mean, by their kind.
function contentOf(kind, bytes) {
  return kind === "player" ? { kind, body: bytes } : { kind, body: JSON.parse(new TextDecoder().decode(bytes)) };
}

// A slide that this page carries.
async function held(k) {
  const element = document.querySelectorAll("script.slide")[k];
  const packed = Uint8Array.from(atob(element.textContent), (ch) => ch.charCodeAt(0));
  return contentOf(element.dataset.kind, await inflated(packed));
}

async function inflated(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// The deck that an address holds behind its #; an error with one sentence where it holds none.
async function deckOf(hash) {
  try {
    const text = hash.replace(/^#deck=/, "").replace(/-/g, "+").replace(/_/g, "/");
    const packed = Uint8Array.from(atob(text), (ch) => ch.charCodeAt(0));
    const { title, slides } = JSON.parse(new TextDecoder().decode(await inflated(packed)));
    return { title: String(title || ""), slides: slides.map(plainSlide) };
  } catch {
    throw new Error("This link holds no deck that can be read.");
  }
}

function plainSlide(given) {
  const { link, title, says, note } = Object(given);
  const text = (value) => (typeof value === "string" ? value : "");
  const trouble = typeof link === "string" && link ? "" : "this slide has no link";
  return { link: text(link), title: text(title), says: text(says), note: text(note), trouble };
}
