// The windows of one talk follow each other: what one shows, the others show. A window that opens asks where the talk is.
//
// Pages of one server share a BroadcastChannel. A file that was opened without a server may share none; so windows that
// opened one another also speak to each other directly.

class Follow {
  // name: of the talk; heard(message): called with what another window says.
  constructor(name, heard) {
    Object.assign(this, { name, heard, windows: new Set(window.opener ? [window.opener] : []) });
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel(name) : null;
    if (this.channel) this.channel.addEventListener("message", ({ data }) => this.hear(data));
    this.from = (event) => {
      if (!event.data || event.data.talk !== name || !event.source || event.source === window) return;
      if (!this.windows.has(event.source)) return;
      this.hear(event.data);
    };
    window.addEventListener("message", this.from);
    this.said = new Set();
  }

  hear(message) {
    if (!message || message.talk !== this.name || this.said.has(message.id)) return; // it may come both ways
    this.said.add(message.id);
    if (this.said.size > 200) this.said = new Set([...this.said].slice(-100));
    this.heard(message);
  }

  tell(message) {
    const whole = { ...message, talk: this.name, id: `${Math.random()}` };
    this.said.add(whole.id);
    if (this.channel) this.channel.postMessage(whole);
    for (const other of this.windows) {
      if (other.closed) this.windows.delete(other);
      else other.postMessage(whole, "*"); // numbers of slides, nothing else
    }
  }
}

// A short name of a text, so that two talks at once do not mix.
function nameOf(text) {
  let sum = 2166136261;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 16777619);
  return `explorer-talk-${(sum >>> 0).toString(16)}`;
}
