// A phone in a class: it joins by a code, shows the question at hand, sends a guess and changes it until it is told.
//
// The server says what stands over one stream; where that breaks, the page asks now and then instead. The token by which
// the server knows this phone is random, and lies in the browser's own storage, so that a reload keeps the guess.

const home = document.getElementById("class");
const at = new URL(`${home.dataset.join}/`, location.href);
const STORED = "explorer-class-token";
const AGAIN = 3000; // ms from one try to the next while the stream is broken
const SETTLED = 250; // ms in which one more change replaces the one before
const LOST = "No connection. Trying again …";

const state = { token: recall(), standing: null, guess: "", sending: null, wanted: null, timer: 0, source: null };

// --- the server -------------------------------------------------------------------------------------------------------

class Refused extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

async function ask(path, body) {
  const given = body ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {};
  const answer = await fetch(new URL(path, at), given).catch(() => null);
  if (!answer) throw new Refused(LOST, 0);
  if (!answer.ok) throw new Refused((await answer.text()).trim() || LOST, answer.status);
  return answer;
}

const query = (path, more = {}) => `${path}?${new URLSearchParams({ token: state.token, ...more })}`;

function recall() {
  try {
    return localStorage.getItem(STORED) || "";
  } catch {
    return ""; // a browser that stores nothing loses the guess on reload
  }
}

function remember(token) {
  state.token = token;
  try {
    if (token) localStorage.setItem(STORED, token);
    else localStorage.removeItem(STORED);
  } catch {
    // as above
  }
}

async function enter(code) {
  const { token, guess, standing } = await (await ask("enter", state.token ? { code, token: state.token } : { code })).json();
  remember(token);
  show(standing, guess);
  listen();
}

// Read what stands; a class that is over says so, with 410.
async function renew() {
  try {
    const { guess, standing } = await (await ask(query("standing"))).json();
    show(standing, guess);
  } catch (refused) {
    if (refused.status === 410) over(refused.message);
    else note(refused.message, "bad");
    return refused.status !== 410;
  }
  return true;
}

function listen() {
  state.source?.close();
  const source = (state.source = new EventSource(new URL(query("events"), at)));
  source.onmessage = ({ data }) => show(JSON.parse(data));
  source.onerror = async () => {
    if (source !== state.source || !state.token) return;
    note(LOST, "bad");
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    source.close();
    if (await renew()) setTimeout(() => source === state.source && listen(), AGAIN * (0.7 + 0.6 * Math.random()));
  };
}

// Send the guess at hand; while one is under way the next waits, and of several that wait the last is sent.
function send(text) {
  state.wanted = text;
  clearTimeout(state.timer);
  state.timer = setTimeout(flush, SETTLED);
  note("Sending …");
}

async function flush() {
  if (state.sending || state.wanted === null) return;
  const text = (state.sending = state.wanted);
  const key = state.standing.question?.key;
  state.wanted = null;
  let [wait, failed] = [0, false];
  try {
    const { guess } = await (await ask("guess", { token: state.token, question: key, guess: text })).json();
    if (state.standing.question?.key === key) [state.guess] = [guess];
  } catch (refused) {
    failed = true;
    if (refused.status === 410) over(refused.message);
    else if (refused.status === 429 || refused.status === 0) {
      if (state.wanted === null && state.standing.question?.key === key) state.wanted = text;
      wait = 1000;
      note(refused.status ? "Sending …" : LOST, refused.status ? "" : "bad");
    } else note(refused.message, "bad");
  }
  state.sending = null;
  if (state.wanted !== null) state.timer = setTimeout(flush, wait);
  else if (!failed) draw.marked();
}

// --- the page ---------------------------------------------------------------------------------------------------------

function make(tag, given = {}, ...inside) {
  const element = Object.assign(document.createElement(tag), given);
  element.append(...inside);
  return element;
}

function note(text, kind = "") {
  const line = home.querySelector(".state");
  if (!line) return;
  line.textContent = text;
  line.className = `state ${kind}`;
}

const stateLine = () => {
  const line = make("p", { className: "state" });
  line.setAttribute("role", "status");
  return line;
};

function page(...inside) {
  home.replaceChildren(...inside);
}

function over(sentence) {
  state.source?.close();
  state.source = null;
  clearTimeout(state.timer);
  state.wanted = null;
  remember("");
  page(
    make("h1", { textContent: sentence }),
    make("p", { className: "calm", textContent: "Thank you for taking part. Nothing of your guesses is kept." }),
    make("button", { className: "small", textContent: "Join another class", onclick: () => door("") }),
  );
}

function door(code) {
  const field = make("input", {
    className: "code", name: "code", value: code.slice(0, 4), maxLength: 4, autocomplete: "off", autocapitalize: "characters",
    spellcheck: false, required: true,
  });
  const form = make(
    "form",
    {},
    make("label", {}, "Code of the class, four letters", field),
    make("button", { className: "main", textContent: "Join" }),
    stateLine(),
  );
  form.onsubmit = async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    note("");
    try {
      await enter(field.value.trim());
    } catch (refused) {
      button.disabled = false;
      note(refused.message, "bad");
    }
  };
  page(make("h1", { textContent: "Join the class" }), form, make("p", { className: "calm", textContent: "No name and no account: your guess is counted, and that is all." }));
  if (!code) field.focus();
}

// Show what stands; the same question again keeps what is on the page.
function show(standing, guess) {
  const before = state.standing;
  state.standing = standing;
  if (standing.phase === "over") return over(standing.said);
  const question = standing.question;
  const same = before && before.phase === standing.phase && before.question?.key === question?.key && home.querySelector(".state");
  if (guess !== undefined) state.guess = guess;
  else if (before?.question?.key !== question?.key) state.guess = "";
  if (before?.question?.key !== question?.key) state.wanted = null;
  if (same && standing.said === before.said) return draw.marked();
  draw = question ? new KINDS[question.kind](question, standing) : new Rest(standing);
  draw.mount();
  draw.marked();
}

// --- begin ------------------------------------------------------------------------------------------------------------

let draw = new Rest({ said: "" });

async function begin() {
  const code = new URLSearchParams(location.search).get("code") || "";
  if (code) history.replaceState(null, "", location.pathname); // a ticket does not stay in the address bar
  if (code.length > 4) {
    try {
      return await enter(code); // a phone that is in this class already stays the same
    } catch (refused) {
      door("");
      return note(refused.message, "bad");
    }
  }
  if (!code && state.token && (await again())) return undefined;
  return door(code);
}

// Go on in the class that this phone has joined; say whether it goes on.
async function again() {
  try {
    const { guess, standing } = await (await ask(query("standing"))).json();
    show(standing, guess);
    listen();
    return true;
  } catch (refused) {
    if (refused.status === 0) {
      page(make("h1", { textContent: "Join the class" }), stateLine());
      note(LOST, "bad");
      setTimeout(begin, AGAIN);
      return true;
    }
    if (refused.status === 410) {
      over(refused.message); // a phone that comes back is told so
      return true;
    }
    remember("");
    return false;
  }
}

begin();
