// Chromium against the `chatroom` example: `node chatroom.cjs SCENARIO http://ADDRESS [FILE]`. Each step leaves a line, the last says
// `done`. NODE_PATH leads to playwright-core.
"use strict";

const assert = require("node:assert/strict");
const { chromium } = require("playwright-core");

const [, , scenario, base, file] = process.argv;
const PATIENCE = 25_000;
const PHONE = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true };
const args = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

let browser;
const step = (text) => console.log(`step: ${text}`);

// A window of its own, with storage of its own.
async function open(query = "", options = {}) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(error.message));
  page.on("console", (line) => {
    if (/Content Security Policy|TrustedHTML/.test(line.text())) page.complaints.push(line.text());
  });
  page.on("dialog", (dialog) => page.complaints.push(dialog.message()));
  await page.goto(base + "/" + query);
  return page;
}

async function enter(name, { query = "", options = {}, room = "lobby" } = {}) {
  const page = await open(query, options);
  await page.fill("#name", name);
  await page.fill("#room", room);
  await page.click("#enter button");
  await page.waitForSelector("#state[data-state=connected]");
  step(`${name} is in`);
  return page;
}

async function say(page, text) {
  await page.fill("#text", text);
  await page.press("#text", "Enter");
}

const hears = (page, text) => page.locator("#log .text", { hasText: text }).first().waitFor();
const notices = (page, text) => page.locator("#log .notice", { hasText: text }).first().waitFor();

const scenarios = {
  async talk() {
    const ann = await enter("Ann");
    const bob = await enter("Bob");
    await notices(ann, "Bob joined");
    await say(ann, "Hello Bob!");
    await hears(bob, "Hello Bob!");
    await say(bob, "Hello Ann!");
    await hears(ann, "Hello Ann!");
    assert.deepEqual(await ann.locator("#members li span:last-child").allTextContents(), ["Ann (you)", "Bob"]);
    step("they talk");
    await bob.close();
    await notices(ann, "Bob left");
    assert.deepEqual(await ann.locator("#members li span:last-child").allTextContents(), ["Ann (you)"]);
    step("one has left");
    const late = await enter("Late");
    await hears(late, "Hello Ann!");
    // Another room, made by entering it.
    await late.fill("#other-room", "elsewhere");
    await late.press("#other-room", "Enter");
    await notices(late, "You are in elsewhere, and alone so far.");
    await notices(ann, "Late left");
    await ann.locator("#rooms button", { hasText: "elsewhere" }).waitFor();
    return [ann, late];
  },

  async taken() {
    await enter("Ann");
    for (const way of ["ws", "sse", "poll"]) {
      const other = await open(`?transport=${way}`);
      await other.fill("#name", "ann");
      await other.press("#name", "Enter");
      await other.locator("#refusal", { hasText: "ann is here already: please choose another name." }).waitFor();
      assert(await other.isVisible("#door"));
      step(`refused over ${way}`);
    }
  },

  async markup() {
    const texts = [
      "<script>window.hit = 1; alert(1)</script>",
      "<img src=x onerror=\"window.hit = 2; alert(2)\">",
      "</div><style>body { display: none }</style>",
    ];
    const name = "<img src=x onerror=a>";
    const pages = [await enter("Ann"), await enter("Bob", { query: "?transport=sse" })];
    const eve = await enter(name, { query: "?transport=poll" });
    pages.push(eve);
    for (const text of texts) await say(eve, text);
    for (const page of pages) {
      await hears(page, texts.at(-1));
      const shown = await page.locator("#log .text").allTextContents();
      assert.deepEqual(shown, texts);
      assert.equal(await page.locator("#log script, #log img, #log style, #members img").count(), 0);
      assert.equal(await page.evaluate(() => window.hit), undefined);
    }
    assert((await pages[0].locator("#members").textContent()).includes(name));
    // And if a script tried to make markup of it, the browser itself would refuse.
    const refused = await pages[0].evaluate(() => {
      try { document.body.innerHTML = "<b>x</b>"; return false; } catch { return true; }
    });
    assert(refused, "trusted types");
    pages[0].complaints.length = 0;
    return pages;
  },

  async transports() {
    const words = { ws: "live", sse: "live, by events", poll: "live, by polling" };
    const pages = [];
    for (const way of Object.keys(words)) {
      const page = await enter(way, { query: `?transport=${way}` });
      assert.equal(await page.textContent("#state"), words[way]);
      pages.push(page);
    }
    for (const speaker of pages) {
      const text = `by ${new URL(speaker.url()).searchParams.get("transport")}`;
      await say(speaker, text);
      for (const page of pages) await hears(page, text);
      step(text);
    }
    await pages[2].close();
    await notices(pages[0], "poll left");
    await pages[1].close();
    await notices(pages[0], "sse left");
    return [pages[0]];
  },

  // A network where WebSockets do not work, and one where events do not either.
  async fallback() {
    const watcher = await enter("Watcher");
    for (const [broken, words] of [[["WebSocket"], "live, by events"], [["WebSocket", "EventSource"], "live, by polling"]]) {
      const context = await browser.newContext();
      context.setDefaultTimeout(PATIENCE);
      await context.addInitScript((names) => {
        if (names.includes("WebSocket")) {
          const Real = window.WebSocket;
          window.WebSocket = function () { return new Real(`ws://${location.host}/nowhere`); };
        }
        if (names.includes("EventSource")) {
          const Real = window.EventSource;
          window.EventSource = function () { return new Real("/nowhere"); };
        }
      }, broken);
      const page = await context.newPage();
      await page.goto(base);
      const name = `no ${broken.join("")}`.slice(0, 24);
      await page.fill("#name", name);
      await page.press("#name", "Enter");
      await page.waitForSelector("#state[data-state=connected]");
      assert.equal(await page.textContent("#state"), words);
      await say(page, `hello ${words}`);
      await hears(watcher, `hello ${words}`);
      step(words);
    }
  },

  // The server goes away and comes back, see chatroom.rs.
  async restart() {
    const pages = [];
    for (const way of ["ws", "sse", "poll"]) pages.push(await enter(way, { query: `?transport=${way}` }));
    await say(pages[0], "before");
    for (const page of pages) await hears(page, "before");
    step("ready");
    for (const page of pages) {
      await page.locator("#away", { hasText: "The server is going away. Connecting again in" }).waitFor();
      step("told");
    }
    step("away");
    for (const page of pages) {
      await page.waitForSelector("#state[data-state=connected]");
      assert(await page.isHidden("#away"));
      step("back");
    }
    await say(pages[2], "after");
    for (const page of pages) {
      await hears(page, "after");
      assert.equal(await page.locator("#log .text", { hasText: "before" }).count(), 1);
    }
    return pages;
  },

  async phone() {
    const page = await open("", PHONE);
    const fits = async (where) => {
      const [inner, wide] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
      assert(wide <= inner, `${where}: ${wide} in ${inner}`);
      step(`${where} fits`);
    };
    await fits("the door");
    await page.fill("#name", "W".repeat(24));
    await page.fill("#room", "M".repeat(24));
    await page.tap("#enter button");
    await page.waitForSelector("#state[data-state=connected]");
    await say(page, "x".repeat(500));
    await say(page, "A sentence of many words, which is longer than a phone is wide, and so has to be broken into lines.");
    await hears(page, "A sentence");
    await fits("the room");
    for (const summary of await page.locator("summary").all()) await summary.tap();
    await page.locator("#rooms button").first().waitFor();
    await fits("the panels");
    // What one types into is on the screen.
    const box = await page.locator("#say").boundingBox();
    assert(box.y + box.height <= PHONE.viewport.height + 1, JSON.stringify(box));
    return [page];
  },

  async keyboard() {
    const bob = await enter("Bob");
    const page = await open();
    const { keyboard } = page;
    const focus = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
    assert.equal(await focus(), "name");
    await keyboard.type("Ann");
    await keyboard.press("Enter");
    await page.waitForSelector("#state[data-state=connected]");
    assert.equal(await focus(), "text");
    await keyboard.type("one line");
    await keyboard.press("Shift+Enter");
    await keyboard.type("and another");
    await keyboard.press("Enter");
    await hears(bob, "one line\nand another");
    assert.equal(await focus(), "text");
    step("said");
    // Everything can be reached, has a name, and shows where the focus is.
    const reached = new Set();
    for (let n = 0; n < 14; n += 1) {
      await keyboard.press("Shift+Tab");
      reached.add(await focus());
      const outline = await page.evaluate(() => document.activeElement === document.body
        || getComputedStyle(document.activeElement).outlineStyle !== "none");
      assert(outline, `${await focus()} shows its focus`);
    }
    for (const id of ["log", "other-room", "leave"]) assert(reached.has(id), `${id} in ${[...reached]}`);
    const nameless = await page.evaluate(() => [...document.querySelectorAll("#chat input, #chat textarea, #chat button")]
      .filter((it) => !it.labels?.length && !it.textContent.trim() && !it.ariaLabel).map((it) => it.id));
    assert.deepEqual(nameless, []);
    assert.equal(await page.getAttribute("#log", "aria-live"), "polite");
    step("everything is reached");
    await page.focus("#leave");
    await keyboard.press("Enter");
    assert.equal(await focus(), "name");
    await notices(bob, "Ann left");
    return [page, bob];
  },

  // For README.md: a desktop and a phone side by side, into FILE.
  async picture() {
    const ann = await enter("Ann", { room: "green", options: { viewport: { width: 900, height: 640 } } });
    const bob = await enter("Bob", { room: "green", query: "?transport=sse", options: { ...PHONE, viewport: { width: 360, height: 640 }, colorScheme: "dark" } });
    const cem = await enter("Cem", { room: "green", query: "?transport=poll" });
    await enter("Dora", { room: "lobby" });
    for (const [page, text] of [
      [ann, "Hello! Who is on tonight?"],
      [bob, "I am, from my phone. My train's network knows no WebSockets, so this comes by events."],
      [cem, "And I poll, like it's 2006."],
      [ann, "Nobody can tell the difference.\nWatch this:"],
      [ann, "<script>alert(\"boo\")</script>"],
      [cem, "Not even a shiver."],
    ]) {
      await say(page, text);
      for (const other of [ann, bob, cem]) await hears(other, text.split("\n")[0]);
    }
    await ann.locator("#rooms button", { hasText: "lobby" }).waitFor({ timeout: PATIENCE });
    await bob.evaluate(() => document.activeElement.blur());
    await ann.waitForTimeout(400);
    const shots = await Promise.all([ann, bob].map(async (page) => (await page.screenshot()).toString("base64")));
    const frame = await (await browser.newContext({ viewport: { width: 1340, height: 720 } })).newPage();
    await frame.setContent(`<body style="margin:0;display:flex;gap:40px;align-items:center;justify-content:center;height:100vh;background:#cfe3d8">
      ${shots.map((shot) => `<img style="border-radius:14px;box-shadow:0 8px 30px #0004" src="data:image/png;base64,${shot}">`).join("")}`);
    await frame.waitForTimeout(200);
    await frame.screenshot({ path: file });
    return [ann, bob, cem];
  },
};

(async () => {
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
  step(`Chromium ${browser.version()}`);
  const pages = (await scenarios[scenario]()) ?? [];
  for (const page of pages) assert.deepEqual(page.complaints, []);
  await browser.close();
  console.log("done");
})().catch(async (error) => {
  console.error(error);
  await browser?.close();
  process.exit(1);
});
