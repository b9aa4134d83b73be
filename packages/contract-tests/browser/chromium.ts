import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { describe, expect, it } from "vitest";
import { isCi } from "../postgres/config.ts";

const PROGRAMS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** For whoever has no Chromium. */
export const HOW_TO_GET_CHROMIUM = "apt-get install chromium";

/** A suite that needs the Chromium of this machine; skipped where there is none, which fails in CI. */
export function describeWithChromium(name: string, suite: (launch: () => Promise<Browser>) => void): void {
  const launch = findChromium();
  if (launch !== null) {
    describe(name, { timeout: 60_000 }, () => suite(launch));
    return;
  }
  it(`${name}: no Chromium here (${HOW_TO_GET_CHROMIUM})`, ({ skip }) => {
    skip(!isCi);
    expect.fail(`CI must run this suite: ${HOW_TO_GET_CHROMIUM}`);
  });
}

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
