// Opens pages of the site in headless Chromium, and prints what does not fit as JSON.
//
// Input, besides that of browser.mjs: pages: the paths of the HTML files; widths: the widths of the window. The checks
// are in tests/docs/test_site_in_browser.py.
import { pathToFileURL } from "node:url";

import { asked, launch } from "./browser.mjs";

const context = await launch();
const page = await context.newPage();

// How many pixels of the page, and of each table, are outside of what is visible without scrolling, the labels of cells
// with the titles of their columns, and the names of actions that break inside a word.
const measure = () => {
  const words = (element) => element.textContent.trim();
  const lines = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return new Set([...range.getClientRects()].map(({ top }) => top)).size;
  };
  const tables = [...document.querySelectorAll("article table")].map((table) => {
    const box = table.closest(".md-typeset__scrollwrap") ?? table.parentElement;
    const titles = [...table.querySelectorAll("th")].map(words);
    const cells = [...table.querySelectorAll("tbody tr")].flatMap((row) => [...row.children].map((cell, column) => ({ cell, title: titles[column] })));
    const shown = cells.filter(({ cell }) => words(cell));
    return {
      heading: titles.join(" | "),
      outside: box.scrollWidth - box.clientWidth,
      narrowest: Math.min(...shown.map(({ cell }) => cell.clientWidth)),
      labels: shown.map(({ cell, title }) => [getComputedStyle(cell, "::before").content.replace(/^"|"$/g, ""), title]),
    };
  });
  const actions = [...document.querySelectorAll("article td code")].filter((code) => /^[a-z0-9]+:[A-Z]\w+$/.test(words(code)));
  const broken = actions.filter((code) => [...code.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && lines(node) > 1));
  return { actions: actions.length, broken: broken.map(words), outside: document.documentElement.scrollWidth - document.documentElement.clientWidth, tables };
};

const found = {};
for (const path of asked.pages) {
  await page.goto(pathToFileURL(path).href, { waitUntil: "load" });
  for (const width of asked.widths) {
    await page.setViewportSize({ width, height: 900 });
    found[`${width} ${path}`] = await page.evaluate(measure);
  }
}
await context.close();
process.stdout.write(JSON.stringify(found));
