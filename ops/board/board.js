// Draws the board from the JSON in the page. Text from outside goes only into text nodes and attributes, never into markup.
"use strict";
(() => {
  const OUTCOMES = ["succeeded", "failed", "running", "skipped", "replaced"];
  const SIGNS = { succeeded: "✓", failed: "✕", running: "▶", skipped: "↷", replaced: "⇄", none: "–", unknown: "?" };
  const LEVELS = { error: "✕", warning: "!", unknown: "?", fine: "✓" };
  const MARKS = {
    problem: "Problems", failed: "Failed", running: "Running", paused: "Paused", succeeded: "Succeeded",
    skipped: "Skipped", replaced: "Replaced", none: "No runs", unknown: "Unknown",
  };
  const START = 0, SECONDS = 1, OUTCOME = 2, ID = 3, EXIT = 4, REASON = 5, BY = 6, ATTEMPTS = 7;
  const DAY = 86400, HIGH = 36, NEAR = 8;
  const PROBLEMS_SHOWN = 6, PROBLEMS_SHOWN_ON_PHONES = 4, RUNS_SHOWN = 30, NEXT_SHOWN = 5;
  const TILES = {
    failing: ["Failing tasks", "error", "failing task"], launches: ["Failed launches", "error", "failed launch"],
    alarms: ["Firing alarms", "error", "firing alarm"], slow: ["Slow runs", "warning", "slow run"],
    paused: ["Paused by hand", "warning", "paused by hand"], tasks: ["Tasks", "", "task"],
  };
  const ORDER = ["error", "unknown", "warning"];
  const LEVEL_WORDS = { error: "Error: ", warning: "Warning: ", unknown: "Unknown: " };
  const COLORS = { error: "#d5303b", warning: "#c98a10", unknown: "#7d8795", fine: "#1f9254" };
  const STALE = 3600;
  const SVG = "http://www.w3.org/2000/svg";

  const at = (id) => document.getElementById(id);
  const settings = JSON.parse(at("settings").textContent);
  let data = JSON.parse(at("data").textContent);
  let views = [];
  const title = document.title;
  let width = 0;
  const work = { drawn: 0, rows: 0 };
  const kept = { get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* A file may have no storage. */ } } };

  // ---- What the reader chose. The address has it, so that a link or a reload shows the same.

  const state = { text: "", show: "", stack: "", task: "", run: "", local: kept.get("zone") === "local", all: false, days: 0 };

  function readAddress() {
    const given = new URLSearchParams(location.hash.slice(1));
    for (const key of ["text", "show", "stack", "task", "run"]) state[key] = given.get(key) ?? "";
  }

  function writeAddress() {
    const given = new URLSearchParams();
    for (const key of ["text", "show", "stack", "task", "run"]) if (state[key]) given.set(key, state[key]);
    history.replaceState(null, "", given.size ? `#${given}` : location.pathname + location.search);
  }

  // ---- Elements

  function node(tag, given = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) {
      if (name === "text") made.textContent = value;
      else if (name === "click") made.addEventListener("click", value);
      else if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  function shape(tag, given, ...children) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(given)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  const counted = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

  // ---- Times

  const formats = new Map();
  function format(seconds, options) {
    const zone = state.local ? undefined : "UTC";
    const key = JSON.stringify([zone, options]);
    if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone, hourCycle: "h23" }));
    return formats.get(key).format(new Date(seconds * 1000)).replaceAll(",", "");
  }
  const FAR = 180 * DAY;
  const date = { day: "numeric", month: "short" };
  const clock = (seconds) => (Math.abs(seconds - now()) > FAR
    ? format(seconds, { ...date, year: "numeric", hour: "2-digit", minute: "2-digit" })
    : format(seconds, { weekday: "short", ...date, hour: "2-digit", minute: "2-digit" }));
  const exact = (seconds) => `${clock(seconds)} ${zoneName(seconds)}`;
  const now = () => Date.now() / 1000;

  function zoneName(seconds) {
    if (!state.local) return "UTC";
    const parts = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" }).formatToParts(new Date(seconds * 1000));
    return parts.find((part) => part.type === "timeZoneName").value;
  }

  function lasting(seconds) {
    let rest = Math.max(0, Math.round(seconds));
    for (const [unit, size, lesser, small] of [["d", DAY, "h", 3600], ["h", 3600, "min", 60], ["min", 60, "s", 1]]) {
      if (rest < size) continue;
      const more = Math.floor((rest % size) / small);
      return `${Math.floor(rest / size)} ${unit}${more ? ` ${more} ${lesser}` : ""}`;
    }
    return `${rest} s`;
  }

  function roughly(seconds) {
    const rest = Math.abs(seconds);
    if (rest < 60) return `${Math.round(rest)} s`;
    if (rest < 3600) return `${Math.round(rest / 60)} min`;
    return rest < 2 * DAY ? `${Math.round(rest / 3600)} h` : `${Math.round(rest / DAY)} d`;
  }
  const ago = (seconds) => (now() - seconds < 60 ? "just now" : `${roughly(now() - seconds)} ago`);
  const away = (seconds) => (seconds > now() ? `in ${roughly(seconds - now())}` : ago(seconds));

  // ---- The period of the timelines: all days, or one day around the time of the data

  const from = () => (state.days ? data.read - state.days * DAY : data.from);
  const to = () => (state.days ? data.read + state.days * DAY : data.to);
  const along = (seconds) => ((seconds - from()) / (to() - from())) * width;

  // The midnights in the period; if it has only two days, every third hour.
  function divisions() {
    const found = [];
    const first = new Date(data.from * 1000);
    for (let hour = 0; hour <= 24 * (2 * settings.days + 1); hour += state.days ? 3 : 24) {
      const time = (state.local
        ? new Date(first.getFullYear(), first.getMonth(), first.getDate(), hour).getTime()
        : Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), first.getUTCDate(), hour)) / 1000;
      if (time > from() && time < to()) found.push(time);
    }
    return found;
  }

  // ---- Commands

  const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
  const commandOf = (stack, words) =>
    [stack.command[0], ...words.map(quoted), stack.command[1]].filter(Boolean).join(" ");

  async function copy(text, button) {
    const told = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = node("textarea", { class: "unseen", "aria-hidden": "true", tabindex: "-1" });
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.textContent = "Copied";
    at("said").textContent = `Copied: ${text}`;
    setTimeout(() => { button.textContent = told; }, 1500);
  }

  function command(purpose, text) {
    const button = node("button", { type: "button", text: "Copy", "aria-label": `Copy the command: ${purpose}` });
    button.addEventListener("click", () => copy(text, button));
    return node("div", {}, node("p", { class: "purpose", text: purpose }), node("div", { class: "command" }, node("code", { text }), button));
  }

  // ---- The top of the page

  function showTop() {
    const places = new Set(data.stacks.map((stack) => [stack.region, stack.account && `account ${stack.account}`].filter(Boolean).join(", ")));
    at("place").textContent = [...places].filter(Boolean).join(" · ");
    showTiles();
    showStacks();
    at("zone").textContent = `Times: ${state.local ? "local" : "UTC"}`;
    at("span").textContent = `Period: ${state.days ? "24 hours" : `${settings.days} days`}`;
    at("span").setAttribute("aria-label", `${at("span").textContent} before and after now. Change it`);
    at("zone").setAttribute("aria-label", `Times: ${state.local ? "local. Change to UTC" : "UTC. Change to local time"}`);
    showAge();
    at("notice").hidden = !data.error;
    at("notice").textContent = data.error ? `The data was not refreshed. ${data.error}` : "";
  }

  function showAge() {
    const old = now() - data.read > STALE;
    at("read").textContent = `Read ${exact(data.read)}, ${ago(data.read)}`;
    at("read").classList.toggle("old", old);
  }

  function showTheme(theme) {
    const names = { auto: "Auto", light: "Light", dark: "Dark" };
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    at("theme").textContent = `${{ auto: "◐", light: "☀", dark: "☾" }[theme]} ${names[theme]}`;
    at("theme").setAttribute("aria-label", `${at("theme").textContent} theme. Change it`);
    at("theme").dataset.value = theme;
  }

  // ---- The overview: numbers, and the stacks if there are several

  const chosenStacks = () => data.stacks.filter((stack) => !state.stack || stack.name === state.stack);

  function total(name, stacks) {
    const all = stacks.map((stack) => stack.counts[name]);
    return { number: all.reduce((sum, [number]) => sum + number, 0), known: all.every(([, known]) => known) };
  }

  // A number that isn't complete: `2+`, or `?` instead of 0.
  const numberOf = ({ number, known }) => (known ? number.toLocaleString("en") : number ? `${number.toLocaleString("en")}+` : "?");

  function showTiles() {
    at("tiles").replaceChildren(...Object.entries(TILES).map(([name, [label, level]]) => {
      const count = total(name, chosenStacks());
      const kind = count.number ? level : count.known ? "zero" : "unknown";
      const unknown = count.known ? null : node("span", { class: "unseen", text: " (not all is known)" });
      return node("div", { class: `tile ${kind}`, "data-name": name }, node("dt", { text: label }), node("dd", {}, numberOf(count), unknown));
    }));
  }

  // The level of the worst problem.
  function levelOf(stacks) {
    const levels = new Set(stacks.flatMap((stack) => stack.problems.map((problem) => problem.level)));
    const worst = ORDER.find((level) => levels.has(level));
    return worst ?? (stacks.every((stack) => stack.fine) ? "fine" : "unknown");
  }

  function showStacks() {
    at("stacks").hidden = data.stacks.length < 2;
    at("stacks").replaceChildren(...data.stacks.map((stack) => {
      const parts = Object.entries(TILES).filter(([name]) => name !== "tasks" && stack.counts[name][0])
        .map(([name, [many, , one]]) => `${numberOf(total(name, [stack]))} ${stack.counts[name][0] === 1 ? one : many.toLowerCase()}`);
      const level = levelOf([stack]);
      const told = stack.read ? parts.join(", ") || (level === "fine" ? "No problems" : "Not everything is known") : "Could not be read";
      const tasks = stack.read ? [counted(stack.tasks.length, "task"), stack.region].join(", ") : "";
      return node("button", {
        type: "button", class: `stack ${level}`, "aria-pressed": String(state.stack === stack.name),
        click: () => { state.stack = state.stack === stack.name ? "" : stack.name; choose(); },
      }, sign(LEVELS[level]), node("span", { class: "stack-name", text: stack.name }), node("span", { class: "text", text: told }), node("span", { class: "text", text: tasks }));
    }));
  }

  // The title and the icon of the tab tell if something is wrong.
  function showTab() {
    const level = levelOf(data.stacks);
    const errors = data.stacks.flatMap((stack) => stack.problems).filter((problem) => problem.level === "error").length;
    document.title = `${errors ? `(${errors}) ` : ""}${title}`;
    at("icon").href = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="${SVG}" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${COLORS[level]}"/></svg>`)}`;
  }

  // ---- Problems

  function showProblems() {
    const several = data.stacks.length > 1;
    const found = chosenStacks().flatMap((stack) => stack.problems.map((problem) => ({ stack, problem })));
    found.sort((one, other) => ORDER.indexOf(one.problem.level) - ORDER.indexOf(other.problem.level));
    const most = matchMedia("(max-width: 820px)").matches ? PROBLEMS_SHOWN_ON_PHONES : PROBLEMS_SHOWN;
    const shown = state.all ? found : found.slice(0, most);
    const list = shown.map(({ stack, problem }) => problemOf(stack, problem, several));
    at("problems-title").textContent = problemsInWords(found.map(({ problem }) => problem.level));
    if (!found.length) list.push(fine());
    at("problems").replaceChildren(...list);
    at("more-problems").hidden = found.length <= most;
    at("more-problems").textContent = state.all ? "Show fewer" : `Show ${found.length - most} more`;
    showTab();
  }

  function problemsInWords(levels) {
    const number = (level) => levels.filter((each) => each === level).length;
    const words = [["error", "problem"], ["warning", "warning"]].filter(([level]) => number(level)).map(([level, noun]) => counted(number(level), noun));
    if (number("unknown")) words.push(words.length ? `${number("unknown")} unknown` : "Not everything is known");
    return words.join(", ") || "No problems";
  }

  function fine() {
    const text = chosenStacks().every((stack) => stack.fine)
      ? "No task failed since its last success. No alarm fires, and no failed launch waits."
      : "No problem was found, but not all runs are known.";
    return node("li", { class: "problem fine" }, sign(LEVELS.fine), node("div", { class: "body" }, node("div", { class: "title", text })));
  }

  const sign = (text) => node("span", { class: "sign", "aria-hidden": "true", text });

  function problemOf(stack, problem, several) {
    const name = problem.task
      ? node("button", { type: "button", class: "link", text: problem.title, title: "Show details", click: () => reveal(stack, problem.task) })
      : problem.title;
    const title = node("div", { class: "title" }, node("span", { class: "unseen", text: LEVEL_WORDS[problem.level] }), name);
    if (problem.at !== null) title.append(" ", node("span", { class: "of time", text: ago(problem.at), title: exact(problem.at) }));
    if (several && stack.read) title.append(" ", node("span", { class: "of", text: `${problem.at === null ? "" : "· "}${stack.name}` }));
    const body = node("div", { class: "body" }, title);
    if (problem.text.length) body.append(node("div", { class: "text", text: problem.text.join("\n") }));
    if (problem.line) body.append(node("code", { class: "log-line", text: problem.line }));
    return node("li", { class: `problem ${problem.level}` }, sign(LEVELS[problem.level]), body, problem.words.length ? commandChip(stack, problem.words) : null);
  }

  // A button that copies a command. Its text is the command's name.
  function commandChip(stack, words) {
    const text = commandOf(stack, words);
    const label = node("span", { text: words.slice(0, words[0] === "dead-letters" ? 2 : 1).join(" ") });
    const icon = shape("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, shape("path", { d: "M5.5 5.5h8v8h-8zM3 10.500H2.500v-8h8v.5" }));
    const button = node("button", { type: "button", class: "chip", title: `Copy: ${text}`, "aria-label": `Copy the command: ${text}` }, icon, label);
    button.addEventListener("click", () => copy(text, label));
    return button;
  }

  function reveal(stack, name) {
    const view = views.find((each) => each.stack === stack && each.task.name === name);
    if (!view) return;
    Object.assign(state, { text: "", show: "" });
    if (state.stack !== stack.name) state.stack = "";
    showFilters();
    open(view, "");
    view.button.focus({ preventScroll: true });
    view.item.scrollIntoView({ block: "center" });
  }

  // ---- Filters

  function showFilters() {
    at("text").value = state.text;
    const counts = new Map();
    for (const view of views) if (!state.stack || view.stack.name === state.stack) for (const mark of view.task.marks) counts.set(mark, (counts.get(mark) ?? 0) + 1);
    const total = views.filter((view) => !state.stack || view.stack.name === state.stack).length;
    const buttons = [["", "All", total], ...Object.entries(MARKS).map(([mark, text]) => [mark, text, counts.get(mark) ?? 0])];
    at("marks").replaceChildren(...buttons.filter(([mark, , number]) => number || !mark || mark === state.show).map(([mark, text, number]) =>
      node("button", { type: "button", "data-mark": mark, "aria-pressed": String(state.show === mark), click: () => { state.show = mark; choose(); } },
        text, node("span", { class: "number", text: number.toLocaleString("en") }))));
    filter();
  }

  function choose() {
    const active = document.activeElement;
    const [holder, position] = [active?.parentElement, [...(active?.parentElement?.children ?? [])].indexOf(active)];
    const mark = active?.dataset?.mark;
    showTiles();
    showStacks();
    showProblems();
    showFilters();
    if (mark !== undefined) at("marks").querySelector(`[data-mark="${CSS.escape(mark)}"]`)?.focus();
    else if (holder === at("stacks")) holder.children[position]?.focus();
    writeAddress();
  }

  function filter() {
    const terms = state.text.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const view of views) {
      const fits = (!state.stack || view.stack.name === state.stack) && (!state.show || view.task.marks.includes(state.show))
        && terms.every((term) => view.words.includes(term));
      view.item.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    at("count").textContent = shown === views.length ? counted(shown, "task") : `${shown.toLocaleString("en")} of ${counted(views.length, "task")}`;
    at("empty").hidden = shown > 0 || !views.length;
  }

  // ---- The scale above the timelines

  function showScale() {
    width = at("days").clientWidth;
    const image = shape("svg", { class: "days" });
    const times = divisions();
    const each = width / Math.max(1, times.length);
    const today = format(data.read, date);
    const skip = Math.ceil((state.days ? 38 : 14) / each);
    for (const [index, time] of times.entries()) {
      image.append(shape("path", { class: "day", d: `M${along(time)} 4V20` }));
      if (index % skip || along(time) > width - Math.min(each, 38)) continue;
      const label = shape("text", { x: along(time) + 3, y: 14 });
      label.textContent = scaleLabel(time, each);
      if (!state.days && format(time, date) === today) label.setAttribute("class", "today");
      image.append(label);
    }
    image.append(shape("path", { class: "now", d: `M${along(data.read)} 15V20` }));
    at("days").replaceChildren(image);
  }

  function scaleLabel(time, each) {
    const hour = format(time, { hour: "2-digit", minute: "2-digit" });
    if (state.days) return hour === "00:00" ? format(time, { weekday: "short" }) : hour;
    return format(time, each > 64 ? { weekday: "short", ...date } : each > 42 ? { weekday: "short", day: "numeric" } : { day: "numeric" });
  }

  function showLegend() {
    const entries = [
      ["Succeeded", shape("path", { class: "mark-succeeded", d: bar(3, 4, 5, 10) })],
      ["Failed", shape("path", { class: "mark-failed", d: `${bar(4, 0, 3, 18)}M0 0h11l-5.5 6z` })],
      ["Running", shape("path", { class: "mark-running", d: bar(2, 5, 7, 8) })],
      ["Skipped", shape("path", { class: "mark-skipped", d: "M5.5 4l5 5l-5 5l-5-5z" })],
      ["Replaced", shape("path", { class: "mark-skipped", d: "M1 5h9v8h-9z" })],
      ["No run", shape("path", { class: "mark-missed", d: cross(5.5, 9) })],
      ["Next", shape("path", { class: "mark-next", d: "M5 5v8" })],
      ["Estimate", shape("path", { class: "mark-estimate", d: "M5 4v10" })],
      ["Paused", shape("path", { class: "mark-pause", d: bar(0, 4, 11, 10) })],
      ["Clock change", shape("path", { class: "mark-clock", d: "M5 0v18M1 0h8l-4 5z" })],
    ];
    at("legend").replaceChildren(...entries.map(([text, mark]) => node("li", {}, shape("svg", { viewBox: "0 0 11 18", "aria-hidden": "true" }, mark), text)));
  }

  // ---- Timelines

  const bar = (x, y, wide, high) => `M${x.toFixed(1)} ${y}h${wide.toFixed(1)}v${high}h${(-wide).toFixed(1)}z`;

  const cross = (x, y) => `M${(x - 4).toFixed(1)} ${y - 4}l8 8m0 -8l-8 8`;

  function draw(view) {
    const { task } = view;
    const image = shape("svg", { "aria-hidden": "true" });
    const path = (name, d) => { if (d) image.append(shape("path", { class: name, d })); };
    path("day", divisions().map((time) => `M${along(time).toFixed(1)} 0V${HIGH}`).join(""));
    if (task.marks.includes("paused") || task.state === "paused") {
      const left = Math.max(0, along(task.pause?.since ?? data.read));
      path("mark-pause", bar(left, 9, width - left, HIGH - 18));
    }
    drawNext(task, path);
    drawRuns(task, path);
    drawMissed(task, path);
    path("now", `M${along(data.read).toFixed(1)} 0V${HIGH}`);
    path("mark-clock", task.clocks.filter(([when]) => when > from() && when < to()).map(([when]) => `M${along(when).toFixed(1)} 0v${HIGH}m-4 ${-HIGH}h8l-4 6z`).join(""));
    view.line.replaceChildren(image);
    view.drawn = true;
    work.drawn += 1;
    document.documentElement.dataset.drawn = work.drawn;
  }

  function drawNext(task, path) {
    const ticks = ["", ""];
    let dense = "", last = data.read;
    const each = (along(to()) - along(from())) / (to() - from());
    for (const [first, step, count, estimate] of task.next) {
      const end = Math.min(first + step * (count - 1), to());
      last = Math.max(last, end);
      if (first > to()) continue;
      if (count > 1 && step * each < 4) {
        dense += bar(along(first), 16, Math.max(2, along(end) - along(first)), 4);
        continue;
      }
      for (let time = first, position = 0; position < count && time <= to(); position += 1, time += step) ticks[estimate] += `M${along(time).toFixed(1)} 12v12`;
    }
    if (!task.nextComplete && last < to()) dense += bar(along(last), 16, width - along(last), 4);
    path("mark-dense", dense);
    path("mark-next", ticks[0]);
    path("mark-estimate", ticks[1]);
  }

  function drawMissed(task, path) {
    let marks = "", last = -NEAR;
    for (const [first, step, count] of task.missed) {
      for (let position = 0, time = first; position < count; position += 1, time += step) {
        if (time < from() || along(time) - last < 2) continue;
        last = along(time);
        marks += cross(last, HIGH / 2);
      }
    }
    path("mark-missed", marks);
  }

  function drawRuns(task, path) {
    const paths = ["", "", "", "", ""];
    const taken = new Set();
    for (const run of task.runs) {
      if (run[START] === null) continue;
      const until = run[SECONDS] !== null ? run[START] + run[SECONDS] : run[OUTCOME] === 2 ? data.read : run[START];
      if (until < from()) continue;
      const x = along(Math.max(run[START], from()));
      const wide = Math.max(3, along(until) - x);
      const place = `${run[OUTCOME]} ${Math.round(x / 2)} ${Math.round(wide / 2)}`;
      if (taken.has(place)) continue;
      taken.add(place);
      if (run[OUTCOME] === 1) paths[1] += `${bar(x, 2, wide, HIGH - 4)}M${(x + wide / 2 - 5).toFixed(1)} 2h10l-5 6z`;
      else if (run[OUTCOME] < 3) paths[run[OUTCOME]] += bar(x, 11, wide, 14);
      else if (run[OUTCOME] === 3) paths[3] += `M${x.toFixed(1)} 12l6 6l-6 6l-6-6z`;
      else paths[4] += bar(x, 13, 10, 10);
    }
    path("mark-succeeded", paths[0]);
    path("mark-skipped", paths[3] + paths[4]);
    path("mark-running", paths[2]);
    path("mark-failed", paths[1]);
  }

  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watcher.unobserve(entry.target);
      const view = views[entry.target.dataset.index];
      if (view && !view.drawn) draw(view);
    }
  }, { rootMargin: "400px 0px" });

  function redraw() {
    showScale();
    for (const view of views) {
      if (view.drawn) { view.drawn = false; view.line.replaceChildren(); }
      watcher.observe(view.item);
    }
  }

  // ---- What the pointer is near

  function nearest(view, event) {
    const x = event.clientX - view.line.getBoundingClientRect().left;
    let best = null, least = NEAR;
    for (const run of view.task.runs) {
      if (run[START] === null) continue;
      const left = along(run[START]), right = left + Math.max(3, along(from() + (run[SECONDS] ?? 0)));
      const distance = Math.max(left - x, x - right, 0) - (run[OUTCOME] === 1 ? 3 : 0);
      if (distance < least) { least = distance; best = { run, text: runInWords(run) }; }
    }
    for (const [when, text] of view.task.clocks) if (Math.abs(along(when) - x) < least) { least = Math.abs(along(when) - x); best = { text: `${exact(when)}: ${text}` }; }
    if (best) return best;
    const nearestOf = (times, words) => {
      for (const [first, step, count, kind] of times) {
        const seconds = from() + (x / width) * (to() - from());
        const position = step ? Math.min(count - 1, Math.max(0, Math.round((seconds - first) / step))) : 0;
        const when = first + step * position, distance = Math.abs(along(when) - x);
        if (distance < least) { least = distance; best = { text: `${exact(when)}: ${words[kind]}` }; }
      }
    };
    nearestOf(view.task.missed, ["no run", "no run, or skipped or replaced"]);
    nearestOf(view.task.next, ["next run", "next run (estimate)"]);
    return best;
  }

  function runInWords(run) {
    const code = run[EXIT] ? ` (${run[EXIT]})` : "";
    const long = run[SECONDS] === null ? "" : `, ${lasting(run[SECONDS])}`;
    return `${exact(run[START])}: ${OUTCOMES[run[OUTCOME]]}${code}${long}`;
  }

  function showTip(view, event) {
    const near = nearest(view, event);
    const tip = at("tip");
    tip.hidden = !near;
    if (!near) return;
    tip.textContent = near.text;
    const left = Math.min(event.clientX + 12, document.documentElement.clientWidth - tip.offsetWidth - 8);
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${event.clientY + 18}px`;
  }

  // ---- Rows

  function build() {
    const several = data.stacks.length > 1;
    views = data.stacks.flatMap((stack) => stack.tasks.map((task) => ({ stack, task, key: `${stack.name}/${task.name}` })));
    // The tasks of the list of problems come first, in the order of that list.
    const order = data.stacks.flatMap((stack) => stack.problems.filter((problem) => problem.task).map((problem) => [`${stack.name}/${problem.task}`, ORDER.indexOf(problem.level)]));
    const ranks = new Map(order.sort(([, one], [, other]) => one - other).map(([key], rank) => [key, rank]).reverse());
    const rank = (view) => ranks.get(view.key) ?? ranks.size + order.length;
    views.sort((one, other) => rank(one) - rank(other) || (one.task.name < other.task.name ? -1 : one.task.name > other.task.name ? 1 : 0));
    for (const [index, view] of views.entries()) row(view, index, several);
    work.rows = views.length;
    at("tasks").replaceChildren(...views.map((view) => view.item));
    const opened = views.find((view) => view.key === state.task);
    if (opened) open(opened, state.run);
  }

  function row(view, index, several) {
    const { task, stack } = view;
    const texts = task.schedules.map((schedule) => schedule.text).filter(Boolean);
    const about = (texts.length ? texts : [task.state]).join(" · ");
    view.words = [task.name, stack.name, about, ...task.alarms, ...task.schedules.map((schedule) => schedule.expression)].join(" ").toLowerCase();
    view.button = node("button", { type: "button", class: "name", "aria-expanded": "false", text: task.name });
    const who = node("div", { class: "who" }, node("h3", {}, view.button), node("div", { class: "about", text: about, title: about }));
    if (several) who.append(node("div", { class: "of-stack", text: stack.name }));
    for (const alarm of task.alarms) who.append(node("span", { class: "badge alarm", text: `alarm ${alarm}` }));
    if (task.marks.includes("paused")) who.append(node("span", { class: "badge paused", text: task.state === "partly paused" ? "partly paused" : "paused" }));
    view.line = node("div", { class: "line", role: "img", "aria-label": lineInWords(task) });
    const line = node("div", { class: "grid row" }, who, view.line, last(task), next(task));
    line.addEventListener("click", (event) => press(view, event));
    view.line.addEventListener("pointermove", (event) => showTip(view, event));
    view.line.addEventListener("pointerleave", () => { at("tip").hidden = true; });
    view.item = node("li", { class: `task ${task.failures || task.alarms.length ? "failing" : task.slow ? "slow" : ""}`, "data-index": index, "data-task": task.name }, line);
    watcher.observe(view.item);
  }

  function lineInWords(task) {
    const counts = OUTCOMES.map((outcome, code) => [outcome, task.runs.filter((run) => run[OUTCOME] === code).length]);
    const told = counts.filter(([, number]) => number).map(([outcome, number]) => `${number} ${outcome}`).join(", ");
    const coming = task.next.reduce((sum, [, , count]) => sum + count, 0);
    return `Last ${settings.days} days: ${told || "no runs"}. Next ${settings.days} days: ${coming ? counted(coming, "run") : "no known runs"}.`;
  }

  function last(task) {
    const run = task.runs[0];
    const outcome = run ? OUTCOMES[run[OUTCOME]] : task.marks.includes("unknown") ? "unknown" : "none";
    const code = run?.[EXIT] ? ` (${run[EXIT]})` : "";
    const told = run ? `${task.state === "waiting" && outcome === "running" ? "waiting" : outcome}${code}` : outcome === "none" ? `none in ${settings.days} d` : "unknown";
    const parts = [];
    const sub = node("div", { class: "sub", title: task.waits || (run?.[START] != null ? exact(run[START]) : undefined) });
    if (run?.[START] != null) parts.push(outcome === "running" ? `for ${lasting(now() - run[START])}` : ago(run[START] + (run[SECONDS] ?? 0)));
    if (run && run[SECONDS] !== null) parts.push(lasting(run[SECONDS]));
    sub.append(parts.join(" · "));
    return node("div", { class: "last" },
      node("div", { class: `outcome ${outcome}` }, node("span", { "aria-hidden": "true", text: `${SIGNS[outcome]} ` }), node("span", { class: "unseen", text: "Last run: " }), told),
      sub,
      task.usual !== null && (outcome === "running" || (run?.[SECONDS] ?? 0) > 2 * task.usual) ? node("div", { class: "sub", text: `usually ${roughly(task.usual)}` }) : null);
  }

  function next(task) {
    const [first, second] = nextInWords(task);
    return node("div", { class: "next" }, node("div", {}, node("span", { class: "unseen", text: "Next run: " }), first), node("div", { class: "sub", text: second }));
  }

  function nextInWords(task) {
    if (task.nextRun !== null) {
      const far = task.nextRun - now() > FAR;
      return [far ? format(task.nextRun, { ...date, year: "numeric" }) : away(task.nextRun), far ? "" : exact(task.nextRun)];
    }
    if (task.nextWithin !== null) return [`within ${lasting(task.nextWithin)}`, "exact time unknown"];
    if (task.state === "ended" || task.state === "not deployed" || task.state === "paused") return [task.state, ""];
    return task.nextUnknown ? ["unknown", "no configuration"] : ["none", ""];
  }

  function press(view, event) {
    if (String(getSelection()).length) return;
    const near = view.line.contains(event.target) ? nearest(view, event) : null;
    at("tip").hidden = true;
    if (near?.run) open(view, near.run[ID]);
    else if (view.detail) close(view);
    else open(view, "");
    writeAddress();
  }

  function close(view) {
    view.detail?.remove();
    view.detail = null;
    view.button.setAttribute("aria-expanded", "false");
    if (state.task === view.key) Object.assign(state, { task: "", run: "" });
    writeAddress();
  }

  function open(view, id) {
    for (const other of views) if (other.detail && other !== view) close(other);
    view.detail?.remove();
    const { task } = view;
    const picked = task.runs.find((run) => run[ID] === id) ?? task.runs.find((run) => task.failures && run[OUTCOME] === 1) ?? task.runs[0];
    Object.assign(state, { task: view.key, run: id });
    const detail = node("div", { class: "detail" }, node("div", {}, node("h4", { text: "Task" }), facts(view)), runs(view, picked), chosen(view, picked));
    view.detail = detail;
    view.item.append(detail);
    view.button.setAttribute("aria-expanded", "true");
    detail.querySelector(".runs [aria-pressed='true']")?.scrollIntoView({ block: "nearest" });
    writeAddress();
  }

  // ---- Details

  function list(entries) {
    const made = node("dl", { class: "facts" });
    for (const [name, ...values] of entries) {
      if (!values.length) continue;
      made.append(node("div", {}, node("dt", { text: name }), ...values.map((text) => node("dd", { text }))));
    }
    return made;
  }

  function upcoming(task) {
    const found = task.next.flatMap(([first, step, count, estimate]) =>
      Array.from({ length: Math.min(count, NEXT_SHOWN) }, (_, position) => [first + step * position, estimate]));
    return found.sort(([one], [other]) => one - other).slice(0, NEXT_SHOWN).map(([when, estimate]) => `${estimate ? "~ " : ""}${exact(when)}`);
  }

  function missedInWords([first, step, count, supervised]) {
    const last = count > 1 ? ` to ${exact(first + step * (count - 1))}, ${counted(count, "time")}` : "";
    return `${exact(first)}${last}${supervised ? ": no run, or skipped or replaced" : ""}`;
  }

  function facts(view) {
    const { task } = view;
    const schedules = task.schedules.map((schedule) => `${schedule.text || "Unknown: the configuration isn't here."}${schedule.enabled ? "" : " (paused)"}`);
    const paused = task.pause ? [`By ${task.pause.who}${task.pause.since === null ? "" : `, ${exact(task.pause.since)}`}: ${task.pause.why}`] : [];
    return list([
      ["State", task.waits ? `${task.state}: ${task.waits}` : task.state],
      ["Schedule", ...schedules],
      ["Paused by hand", ...paused],
      ["Next runs", ...upcoming(task)],
      ["Times without a run", ...task.missed.map(missedInWords)],
      ["Usual duration", ...(task.usual === null ? [] : [`${lasting(task.usual)} (median of ${counted(task.usualOf, "run")})`])],
      ["Firing alarms", ...task.alarms],
      ["Differences from the configuration", ...task.differences],
      ["Clock changes", ...task.clocks.map(([when, text]) => `${exact(when)}. ${text}`)],
    ]);
  }

  function runs(view, picked) {
    const { task } = view;
    const made = node("div", {}, node("h4", { text: task.runs.length ? `Runs of the last ${settings.days} days (${zoneName(data.read)})` : "Runs" }));
    if (!task.runs.length) {
      made.append(node("p", { class: "none", text: task.marks.includes("unknown") ? "The runs are unknown: see the problems above." : `No runs in the last ${settings.days} days.` }));
      return made;
    }
    const holder = node("ul", { class: "runs" });
    const fill = (most) => holder.replaceChildren(...task.runs.filter((run, index) => index < most || run === picked).map((run) => runButton(view, run, run === picked)));
    fill(RUNS_SHOWN);
    made.append(holder);
    if (task.runs.length > RUNS_SHOWN) {
      const more = node("button", { type: "button", class: "quiet", text: `Show all ${task.runs.length.toLocaleString("en")}` });
      more.addEventListener("click", () => { fill(task.runs.length); more.remove(); });
      made.append(more);
    }
    return made;
  }

  function runButton(view, run, pressed) {
    const outcome = OUTCOMES[run[OUTCOME]];
    const told = `${outcome === "succeeded" ? "" : outcome}${run[EXIT] ? ` (${run[EXIT]})` : ""}`;
    const long = run[SECONDS] === null ? "" : lasting(run[SECONDS]);
    const button = node("button", { type: "button", class: outcome, "aria-pressed": String(pressed), "data-run": run[ID] },
      node("span", { class: "sign", "aria-hidden": "true", text: SIGNS[outcome] }),
      node("span", { text: run[START] === null ? "unknown time" : clock(run[START]) }),
      node("span", { text: [told, long].filter(Boolean).join(" · ") }));
    if (outcome === "succeeded") button.append(node("span", { class: "unseen", text: "succeeded" }));
    button.addEventListener("click", () => {
      for (const other of view.detail.querySelectorAll(".runs button")) other.setAttribute("aria-pressed", String(other === button));
      view.detail.lastElementChild.replaceWith(chosen(view, run));
      state.run = run[ID];
      writeAddress();
    });
    return node("li", {}, button);
  }

  function chosen(view, run) {
    const { stack, task } = view;
    const made = node("div", { class: "run" });
    if (run) {
      made.append(node("h4", { text: `Run ${run[ID]}` }), runFacts(run), ...log(task, run));
    }
    made.append(node("h4", { text: "Commands" }));
    if (run) made.append(command("Show the log of this run", commandOf(stack, ["logs", task.name, "--run", run[ID]])));
    made.append(command("List all runs with their reasons", commandOf(stack, ["history", task.name])));
    made.append(command("Start the task now", commandOf(stack, ["run", task.name])));
    return made;
  }

  function runFacts(run) {
    const outcome = OUTCOMES[run[OUTCOME]];
    const entries = [["Outcome", outcome], ["Exit code", run[EXIT] === null || run[EXIT] === undefined ? "none" : String(run[EXIT])]];
    if (run[REASON]) entries.push(["Reason", run[REASON]]);
    if (run[START] !== null) entries.push(["Started", `${exact(run[START])}, ${ago(run[START])}`]);
    entries.push(["Duration", run[SECONDS] === null ? (outcome === "running" ? `${lasting(now() - run[START])} so far` : "unknown") : lasting(run[SECONDS])]);
    entries.push(["Started by", run[BY] || "schedule"]);
    if ((run[ATTEMPTS] ?? 1) > 1) entries.push(["Attempts", String(run[ATTEMPTS])]);
    const made = node("dl", { class: "facts" });
    for (const [name, text] of entries) made.append(node("dt", { text: name }), node("dd", { text, class: name === "Outcome" ? outcome : undefined }));
    return made;
  }

  function log(task, run) {
    const lines = task.lines[run[ID]];
    if (!lines) return [];
    const text = lines.length ? lines.map(([when, line]) => `${format(when, { hour: "2-digit", minute: "2-digit", second: "2-digit" })}  ${line}`).join("\n") : "The run wrote no log lines.";
    return [node("h4", { text: "Last log lines" }), node("pre", { class: "lines", tabindex: "0", role: "region", "aria-label": "Last log lines", text })];
  }

  // ---- Refreshing, if a server gave the page

  async function refresh() {
    if (document.visibilityState !== "visible") return;
    try {
      const answer = await fetch("/data.json", { cache: "no-store" });
      if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
      const fresh = await answer.json();
      const changed = fresh.read !== data.read;
      data = fresh;
      if (changed) showAll();
      else showTop();
    } catch (error) {
      data.error = error instanceof TypeError ? "The command that serves this page doesn't answer." : error.message;
      showTop();
    }
  }

  function showAll() {
    const focused = document.activeElement;
    const key = focused?.classList.contains("name") ? views.find((view) => view.button === focused)?.key : undefined;
    showTop();
    showProblems();
    showScale();
    build();
    showFilters();
    views.find((view) => view.key === key)?.button.focus({ preventScroll: true });
  }

  // ---- Keys

  function keys(event) {
    const typing = event.target instanceof HTMLInputElement;
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      at("text").focus();
    } else if (event.key === "Escape") {
      const opened = views.find((view) => view.detail);
      if (typing && state.text) { state.text = ""; choose(); at("text").focus(); }
      else if (opened) { close(opened); opened.button.focus(); }
    } else if (event.target.classList?.contains("name") && ["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) {
      event.preventDefault();
      const shown = views.filter((view) => !view.item.hidden);
      const here = shown.findIndex((view) => view.button === event.target);
      const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: shown.length - 1 }[event.key];
      shown[Math.min(shown.length - 1, Math.max(0, to))]?.button.focus();
    }
  }

  function start() {
    performance.mark("board-start");
    readAddress();
    showTheme(kept.get("theme") ?? "auto");
    showLegend();
    showAll();
    at("text").addEventListener("input", (event) => { state.text = event.target.value; filter(); writeAddress(); });
    at("more-problems").addEventListener("click", () => { state.all = !state.all; showProblems(); });
    at("zone").addEventListener("click", () => { state.local = !state.local; kept.set("zone", state.local ? "local" : "utc"); showAll(); });
    at("span").addEventListener("click", () => { state.days = state.days ? 0 : 1; showTop(); redraw(); });
    at("theme").addEventListener("click", () => {
      const order = ["auto", "light", "dark"];
      const theme = order[(order.indexOf(at("theme").dataset.value) + 1) % order.length];
      kept.set("theme", theme);
      showTheme(theme);
    });
    document.addEventListener("keydown", keys);
    new ResizeObserver(() => { if (at("days").clientWidth !== width) redraw(); }).observe(at("days"));
    setInterval(showAge, 30_000);
    if (settings.refresh) {
      setInterval(refresh, settings.refresh * 1000);
      document.addEventListener("visibilitychange", refresh);
    }
    requestAnimationFrame(() => {
      performance.measure("board", "board-start");
      Object.assign(document.documentElement.dataset, { rows: work.rows, drawn: work.drawn });
    });
  }

  start();
})();
