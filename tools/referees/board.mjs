// Opens pages of the board in headless Chromium, acts like a reader, and prints what it observed as JSON.
//
// Input, besides that of browser.mjs: pages: the paths of pages by name; now: the time of the browser's clock in
// milliseconds; served: the address of a served page; pictures: pictures to take, or null. The checks are in
// tests/ops/board/test_browser.py.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { asked, launch, require } from "./browser.mjs";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const context = await launch({ bypassCSP: false, permissions: ["clipboard-read", "clipboard-write"] });
const page = await context.newPage();
const errors = [], requests = [];
page.on("console", (message) => { if (["error", "warning"].includes(message.type())) errors.push(message.text()); });
page.on("pageerror", (error) => errors.push(error.message));
page.on("request", (request) => requests.push(request.url()));
if (asked.now) await page.clock.setFixedTime(asked.now);

const address = (name, hash = "") => pathToFileURL(asked.pages[name]).href + hash;

async function show(name, { width = 1280, height = 900, scheme = "light", hash = "" } = {}) {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: scheme });
  await page.goto("about:blank");
  await page.goto(address(name, hash));
  await ready();
}

const ready = () => page.waitForFunction(() => document.documentElement.dataset.rows !== undefined);
const visible = () => page.$$eval(".task:not([hidden])", (rows) => rows.map((row) => row.dataset.task));
const counted = () => page.textContent("#count");
const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

async function look() {
  const violations = await page.evaluate(`(() => { ${AXE}; return axe.run(document, { resultTypes: ["violations"] }); })()`);
  return {
    violations: violations.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(" ")).join(", ")}`),
    rules: violations.passes.length,
    overflow: await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    background: await background(),
  };
}

// Every element that is wider than its box cuts its text or scrolls.
const cut = () => page.$$eval(".name, .title, .outcome, .next div, h1, .tile dt, .tile dd, .stack-name, .chip", (elements) =>
  elements.filter((element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline").map((element) => element.textContent));

const found = { looks: {}, cut: {} };

if (asked.pictures) {
  for (const picture of asked.pictures) {
    await show(picture.page, picture);
    if (picture.scroll) await page.evaluate((top) => scrollTo(0, top), picture.scroll);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await page.screenshot({ path: picture.file });
  }
} else {
  for (const width of [390, 1280]) {
    for (const scheme of ["light", "dark"]) {
      await show("example", { width, scheme, hash: `#task=${encodeURIComponent(asked.task)}` });
      found.looks[`${width} ${scheme}`] = await look();
    }
    found.cut[width] = await cut();
    for (const name of ["fine", "unknown"]) {
      await show(name, { width, scheme: "dark" });
      found.looks[`${width} ${name}`] = await look();
      found.cut[`${width} ${name}`] = await cut();
    }
  }
  await observeReading();
  await observeKeyboard();
  await observeTheme();
  await observeHostile();
  await observeMany();
  if (asked.served) await observeServed();
}
await context.close();
process.stdout.write(JSON.stringify({ ...found, errors, requests }));

async function observeReading() {
  await show("example");
  found.problems = await page.$$eval(".problem .title", (titles) => titles.map((title) => title.textContent));
  found.all = { tasks: await visible(), count: await counted() };
  found.ages = await page.$$eval(".task .last .outcome + .sub", (ages) => ages.map((age) => age.textContent.split(" · ")[0]));
  await page.fill("#text", "every 15 minutes backup");
  found.noMatch = { tasks: await visible(), empty: await page.isVisible("#empty") };
  await page.fill("#text", "every 15 minutes");
  found.text = { tasks: await visible(), count: await counted() };
  await page.fill("#text", "");
  await page.click("#marks [data-mark=failed]");
  found.failed = { tasks: await visible(), pressed: await page.getAttribute("#marks [data-mark=failed]", "aria-pressed"), hash: await page.evaluate(() => location.hash) };
  await page.reload();
  await ready();
  found.reloaded = await visible();
  await page.click('#marks [data-mark=""]');
  found.tiles = await tiles();
  found.tab = { title: await page.title(), icon: await page.getAttribute("#icon", "href") };
  await page.click(".problem:nth-child(2) .chip");
  found.copiedFromProblem = await page.evaluate(() => navigator.clipboard.readText());
  await page.click(".problem:nth-child(2) .link");
  found.opened = await details();
  await page.click(".detail .runs li:nth-child(4) button");
  found.other = await details();
  await page.click(".detail .command button");
  found.copied = await page.evaluate(() => navigator.clipboard.readText());
  await page.click(`[data-task="${asked.name}"] .who .about`);
  found.closed = await page.isVisible(".detail");
  await clickMark();
  found.clicked = await details();
  await page.click("#zone");
  found.zone = await page.textContent("#zone");
  await page.click("#span");
  found.span = { text: await page.textContent("#span"), labels: await page.$$eval("#days text", (labels) => labels.map((label) => label.textContent)) };
  await show("two");
  await page.click(".stack:nth-child(2)");
  found.stack = { tasks: await visible(), tiles: await tiles(), problems: await page.textContent("#problems-title") };
  found.stack.all = await page.$$eval(".stack", (stacks) => stacks.map((stack) => [stack.innerText, stack.getAttribute("aria-pressed")]));
  await page.keyboard.press("Enter");
  found.stack.released = (await visible()).length;
  await show("unknown");
  found.unknown = {
    tiles: await tiles(), title: await page.title(), problems: await page.textContent("#problems-title"),
    stacks: await page.$$eval(".stack", (stacks) => stacks.map((stack) => stack.innerText)),
  };
  await show("fine");
  found.fine = await page.$$eval(".problem .title", (titles) => titles.map((title) => title.textContent));
  found.fineTab = await page.title();
}

function tiles() {
  return page.$$eval(".tile", (all) => Object.fromEntries(all.map((tile) => [tile.dataset.name, tile.querySelector("dd").firstChild.textContent])));
}

async function details() {
  return page.$eval(".detail", (detail) => ({
    task: detail.parentElement.dataset.task,
    expanded: detail.parentElement.querySelector(".name").getAttribute("aria-expanded"),
    run: detail.querySelector(".run").innerText,
    commands: [...detail.querySelectorAll(".command code")].map((code) => code.textContent),
    pressed: [...detail.querySelectorAll(".runs [aria-pressed=true]")].map((button) => button.dataset.run),
  }));
}

// Click the newest failed run in a timeline: its mark is next to the line of the current time.
async function clickMark() {
  const line = page.locator(`[data-task="${asked.name}"] .line`);
  await line.scrollIntoViewIfNeeded();
  const box = await line.boundingBox();
  const place = { x: box.width * asked.mark, y: box.height / 2 };
  await line.hover({ position: place });
  found.tip = await page.textContent("#tip");
  await line.click({ position: place });
}

async function observeKeyboard() {
  await show("example");
  const focused = () => page.evaluate(() => document.activeElement.textContent || document.activeElement.id);
  const steps = [];
  await page.keyboard.press("/");
  steps.push(await focused());
  await page.keyboard.type("nightly");
  steps.push((await visible()).join());
  await page.keyboard.press("Escape");
  steps.push(String((await visible()).length > 1));
  await page.focus(".name");
  for (let press = 0; press < 2; press += 1) await page.keyboard.press("ArrowDown");
  steps.push(await focused());
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  steps.push((await details()).task);
  for (let press = 0; press < 2; press += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  found.keyboard = { steps, run: await details() };
  await page.keyboard.press("Escape");
  found.keyboard.closed = await page.isVisible(".detail");
  found.keyboard.back = await focused();
}

async function observeTheme() {
  await show("example", { scheme: "light" });
  const seen = [];
  for (let press = 0; press < 4; press += 1) {
    seen.push([await page.textContent("#theme"), await background()]);
    await page.click("#theme");
  }
  await page.reload();
  await ready();
  found.theme = { seen, kept: await page.textContent("#theme") };
  await page.evaluate(() => localStorage.clear());
}

async function observeHostile() {
  await show("hostile", { hash: "#text=" });
  await page.click("#more-problems");
  const commands = [];
  for (const name of await page.$$(".name")) {
    await name.click();
    commands.push(...await page.$$eval(".command code", (codes) => codes.map((code) => code.textContent)));
  }
  found.hostile = await page.evaluate(() => ({
    made: [...document.querySelectorAll("img, b, iframe, a, [onerror], [onload]")].map((element) => element.outerHTML),
    scripts: document.querySelectorAll("script").length,
    pwned: window.pwned === undefined,
    text: document.body.innerText,
  }));
  found.hostile.commands = commands;
  found.hostile.overflow = [];
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    found.hostile.overflow.push(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth));
  }
}

async function observeMany() {
  await show("many");
  found.many = await page.evaluate(() => ({
    rows: Number(document.documentElement.dataset.rows),
    drawn: document.querySelectorAll(".task .line svg").length,
    elements: document.querySelectorAll("*").length,
    milliseconds: performance.getEntriesByName("board")[0]?.duration,
  }));
  await page.focus(".name");
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.activeElement.closest(".task").querySelector(".line svg"));
  found.many.last = await page.evaluate(() => ({ shown: document.activeElement.textContent, drawn: document.querySelectorAll(".task .line svg").length }));
}

async function observeServed() {
  await page.setViewportSize({ width: 1280, height: 900 });
  const answer = await page.goto(asked.served);
  await ready();
  await page.fill("#text", "e");
  await page.click(".task:not([hidden]) .name");
  const before = await page.evaluate(() => ({ data: document.querySelectorAll(".task").length, task: document.querySelector(".detail").parentElement.dataset.task }));
  const next = page.waitForResponse("**/data.json");
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await next;
  await page.waitForFunction((count) => document.querySelectorAll(".task").length !== count, before.data);
  found.served = {
    status: answer.status(), before,
    after: await page.evaluate(() => ({ data: document.querySelectorAll(".task").length, task: document.querySelector(".detail").parentElement.dataset.task, text: document.getElementById("text").value })),
  };
}
