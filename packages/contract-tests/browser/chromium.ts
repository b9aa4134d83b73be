import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PROGRAMS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** For whoever has no Chromium. */
export const HOW_TO_GET_CHROMIUM = "apt-get install chromium";

/** Starts the Chromium of this machine; null when it has none. */
export function findChromium(): (() => Promise<Browser>) | null {
  const executablePath = PROGRAMS.find(existsSync);
  return executablePath === undefined ? null : () => chromium.launch({ executablePath, args: ARGUMENTS });
}

/** Nothing but the page talks to anybody. CI runs as root, which the sandbox of Chromium refuses. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
