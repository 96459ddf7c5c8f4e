// Headless Chromium for the referees of pages.
//
// Input (JSON on stdin, `asked`): folder: the folder with node_modules; chromium: the program; profile: an empty folder.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

export const asked = JSON.parse(readFileSync(0, "utf8"));
export const require = createRequire(`${asked.folder}/`);

// Start the browser, with more options of Playwright's launchPersistentContext.
export function launch(options = {}) {
  const { chromium } = require("playwright-core");
  return chromium.launchPersistentContext(asked.profile, { executablePath: asked.chromium, headless: true, args: FLAGS, ...options });
}
