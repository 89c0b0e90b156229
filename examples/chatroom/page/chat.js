// The page of the chat room. What others have typed becomes text, never markup: `textContent` is the only way in here.
"use strict";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
// A transport that has brought no welcome by then does not work here.
const WELCOME_LIMIT = 5_000;
const ROOMS_EVERY = 10_000;
const MOST_SHOWN = 500;
// Messages of one person within so long stand together.
const TOGETHER = 3 * 60_000;

const $ = (id) => document.getElementById(id);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// ── The ways to the server, best first ──────────────────────────────────────────────────────────────────────────────
// Each takes the query that says who we are, what to do with news, and what to do at the end: `ended(why)`, where `why` is
// shown. Each gives back how to say something, which fails with words, and how to close.

const transports = {
  ws(query, heard, ended) {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/socket?${query}`);
    socket.onmessage = (message) => heard(JSON.parse(message.data));
    socket.onclose = (close) => {
      if (close.code === 1001) heard({ type: "leaving" });
      ended(close.code === 1013 ? "This connection was too slow." : "");
    };
    return {
      async say(text) {
        if (socket.readyState !== WebSocket.OPEN) throw new Error("There is no connection at the moment.");
        socket.send(text);
      },
      close: () => socket.close(),
    };
  },

  sse(query, heard, ended) {
    const events = new EventSource(`/events?${query}`);
    events.onmessage = (event) => heard(JSON.parse(event.data));
    // It would connect again by itself; that is done in one place here, for all transports.
    events.onerror = () => { events.close(); ended(""); };
    return { say: (text) => post("/say", query, text), close: () => events.close() };
  },

  poll(query, heard, ended) {
    let [open, seat] = [true, query];
    const poll = async () => {
      try {
        seat = `${query}&seat=${await post("/enter", query)}`;
        for (let seen = 0; open;) {
          const answer = await fetch(`/news?${seat}&seen=${seen}`);
          if (answer.status === 204) continue;
          if (!answer.ok) throw await failure(answer);
          const { number, news } = await answer.json();
          seen = number;
          for (const item of news) {
            heard(item);
            if (item.type === "leaving") open = false;
          }
        }
        ended("");
      } catch (error) {
        if (error.status === 400 || error.status === 409) heard({ type: "refused", why: error.message });
        ended("");
      }
    };
    poll();
    return {
      say: (text) => post("/say", query, text),
      close() {
        open = false;
        navigator.sendBeacon(`/leave?${seat}`);
      },
    };
  },
};

async function post(path, query, text) {
  const answer = await fetch(`${path}?${query}`, { method: "POST", body: text }).catch(() => {
    throw new Error("There is no connection at the moment.");
  });
  if (!answer.ok) throw await failure(answer);
  return (await answer.text()).trim();
}

const failure = async (answer) => Object.assign(new Error((await answer.text()).trim()), { status: answer.status });

// ── One visit: from the door into a room, and back ──────────────────────────────────────────────────────────────────

const forced = new URLSearchParams(location.search).get("transport");
const ways = transports[forced] ? [forced] : Object.keys(transports);
let visit = null;

class Visit {
  constructor(room, name) {
    Object.assign(this, { room, name, way: 0, proven: false, over: false, session: null, lastSaid: 0, skipWait: () => {} });
  }

  get query() {
    return new URLSearchParams({ room: this.room, name: this.name, key: key() }).toString();
  }

  // Connects, again and again, until it is over.
  async stay() {
    for (let wait = FIRST_WAIT, failures = 0; !this.over;) {
      const { welcomed, why } = await this.connect(ways[this.way]);
      if (this.over) return;
      failures = welcomed ? 0 : failures + 1;
      if (welcomed) {
        [wait, this.proven] = [FIRST_WAIT, true];
      } else if (!this.proven || failures > 3) {
        // One that has worked will most likely work again, so it is given up only after a while.
        [this.way, this.proven] = [(this.way + 1) % ways.length, false];
        if (this.way !== 0) continue;
      }
      const time = wait * (0.5 + Math.random());
      showAway(`${why || "The connection is lost."} Connecting again in ${Math.ceil(time / 1000)} s.`);
      await Promise.race([pause(time), new Promise((done) => { this.skipWait = done; })]);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }

  // One connection, from its beginning to its end.
  connect(way) {
    return new Promise((done) => {
      let [welcomed, why] = [false, ""];
      showState("connecting", "connecting");
      const ended = (words) => {
        clearTimeout(limit);
        this.session = null;
        showState("connecting", "not connected");
        done({ welcomed, why: why || words });
      };
      const limit = setTimeout(() => { this.session?.close(); ended(""); }, WELCOME_LIMIT);
      this.session = transports[way](this.query, (news) => {
        if (this.over) return;
        if (news.type === "welcome") {
          welcomed = true;
          clearTimeout(limit);
          showState("connected", { ws: "live", sse: "live, by events", poll: "live, by polling" }[way]);
        }
        if (news.type === "leaving") why = "The server is going away.";
        hear(this, news);
      }, ended);
    });
  }

  end() {
    this.over = true;
    this.session?.close();
    this.skipWait();
  }
}

// By it the server knows that it is still us when we come back after a broken connection. One for each window.
function key() {
  const make = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return (key.made ??= remember(sessionStorage, "key", make));
}

function remember(storage, item, make) {
  try {
    if (storage.getItem(item) === null) storage.setItem(item, make());
    return storage.getItem(item);
  } catch {
    return make();
  }
}

function enter(room, name) {
  visit?.end();
  $("log").replaceChildren();
  $("members").replaceChildren();
  $("unsaid").textContent = "";
  $("door").hidden = true;
  $("chat").hidden = false;
  $("title").textContent = room;
  // On a phone the panels would leave little room for what is said.
  for (const panel of document.querySelectorAll("aside details")) panel.open = innerWidth > 704;
  visit = new Visit(room, name);
  visit.stay();
  $("text").focus();
}

function leave(why) {
  visit?.end();
  visit = null;
  $("chat").hidden = true;
  $("door").hidden = false;
  $("refusal").textContent = why;
  document.title = "Green room";
  showRooms();
  $("name").focus();
}

// ── What is heard ───────────────────────────────────────────────────────────────────────────────────────────────────

function hear(current, news) {
  switch (news.type) {
    case "welcome":
      current.members = new Set(news.members);
      current.name = news.name;
      $("title").textContent = news.room;
      document.title = `${news.room} · Green room`;
      history.replaceState(null, "", `#${encodeURIComponent(news.room)}`);
      $("away").hidden = true;
      for (const item of news.backlog) said(current, item);
      notice(news.members.length > 1 ? `You are in ${news.room}.` : `You are in ${news.room}, and alone so far.`);
      showMembers(current);
      showRooms();
      break;
    case "said":
      said(current, news);
      break;
    case "joined":
      current.members.add(news.name);
      notice(`${news.name} joined`);
      showMembers(current);
      showRooms();
      break;
    case "left":
      current.members.delete(news.name);
      notice(`${news.name} left`);
      showMembers(current);
      showRooms();
      break;
    case "unsaid":
      $("unsaid").textContent = news.why;
      break;
    case "refused":
      leave(news.why);
      break;
  }
}

function said(current, { from, text, at }) {
  // After coming back, part of the backlog has been shown already.
  if (at <= current.lastSaid) return;
  const last = $("log").lastElementChild;
  const more = last?.dataset.from === from && at - last.dataset.at < TOGETHER;
  current.lastSaid = at;
  const message = element("div", "message");
  message.classList.toggle("own", from === current.name);
  message.classList.toggle("more", more);
  Object.assign(message.dataset, { from, at });
  const who = element("div", "who");
  const time = element("time", "", new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  time.dateTime = new Date(at).toISOString();
  who.append(element("b", "", from), " ", time);
  message.append(face(from), who, element("div", "text", text));
  show(message);
}

// ── What is shown ───────────────────────────────────────────────────────────────────────────────────────────────────

function element(tag, kind, text = "") {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
}

function face(name) {
  const made = element("span", "face", [...name][0].toUpperCase());
  made.ariaHidden = "true";
  let hue = 0;
  for (const letter of name) hue = (hue * 31 + letter.codePointAt(0)) % 360;
  made.style.setProperty("--hue", hue);
  return made;
}

// Follows what is said, unless somebody has scrolled up to read.
function show(line) {
  const log = $("log");
  const follows = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  log.append(line);
  while (log.childElementCount > MOST_SHOWN) log.firstElementChild.remove();
  if (follows) log.scrollTop = log.scrollHeight;
}

const notice = (text) => show(element("p", "notice", text));

function showState(state, words) {
  $("state").dataset.state = state;
  $("state").textContent = words;
}

function showAway(words) {
  $("away").hidden = false;
  $("away").firstElementChild.textContent = words;
}

function showMembers({ members, name }) {
  $("count").textContent = members.size;
  $("members").replaceChildren(...[...members].sort((a, b) => a.localeCompare(b)).map((member) => {
    const item = element("li", "");
    item.append(face(member), element("span", "", member === name ? `${member} (you)` : member));
    return item;
  }));
}

async function showRooms() {
  try {
    const rooms = await (await fetch("/rooms")).json();
    const items = rooms.map(({ room, members }) => {
      const item = element("li", "");
      const button = element("button", "");
      button.type = "button";
      if (room === $("title").textContent) button.ariaCurrent = "page";
      button.append(element("span", "", room), element("span", "count", members));
      button.onclick = () => enter(room, visit.name);
      item.append(button);
      return item;
    });
    // A list that is replaced under somebody's finger, or keyboard, would lose it.
    if (!$("rooms").contains(document.activeElement)) $("rooms").replaceChildren(...items);
    $("open-rooms").replaceChildren(...rooms.map(({ room }) => Object.assign(element("option", ""), { value: room })));
  } catch {
    // The old list will do until the server is back.
  }
}

// ── What one does ───────────────────────────────────────────────────────────────────────────────────────────────────

$("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  $("refusal").textContent = "";
  const name = $("name").value.trim();
  try {
    localStorage.setItem("name", name);
  } catch {
    // Then it is typed again next time.
  }
  enter($("room").value.trim(), name);
});

$("other").addEventListener("submit", (event) => {
  event.preventDefault();
  enter($("other-room").value.trim(), visit.name);
  event.target.reset();
});

$("leave").addEventListener("click", () => leave(""));
$("away").querySelector("button").addEventListener("click", () => visit?.skipWait());

$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("say").requestSubmit();
  }
});

$("say").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = $("text").value;
  $("unsaid").textContent = "";
  if (!text.trim()) return;
  $("text").value = "";
  $("text").focus();
  try {
    if (!visit?.session) throw new Error("There is no connection at the moment.");
    await visit.session.say(text);
  } catch (error) {
    $("text").value ||= text;
    $("unsaid").textContent = error.message;
  }
});

// A page that is closed says goodbye where no connection would tell.
addEventListener("pagehide", () => visit?.session?.close());
addEventListener("pageshow", (event) => { if (event.persisted) visit?.skipWait(); });
setInterval(() => { if (!document.hidden) showRooms(); }, ROOMS_EVERY);

try {
  $("name").value = localStorage.getItem("name") ?? "";
  if (location.hash.length > 1) $("room").value = decodeURIComponent(location.hash.slice(1));
} catch {
  // No storage, or no name of a room: the fields are filled by hand.
}
showRooms();
