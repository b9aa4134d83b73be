import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { describe, expect, it } from "vitest";
import { isCi } from "../postgres/config.ts";
import { chromiumPath } from "./config.ts";

/** The first one that is installed. The headless shell needs a quarter less CPU than the whole browser. */
const PROGRAMS = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** How long a page may take on a busy machine. It usually takes less than a second, and the longest timeout is 10 s. */
export const SHOWN_MS = 60_000;

/** The command that a skipped suite asks for. */
const HOW_TO_GET_CHROMIUM = "apt-get install chromium-headless-shell";

/**
 * A suite that needs an installed Chromium. Without one it is skipped, or fails in CI. Its pages do not live long enough for
 * optimizing compilers to pay off.
 */
export function describeWithChromium(name: string, suite: (launch: () => Promise<Browser>) => void): void {
  const launch = findChromium(["--js-flags=--no-opt --no-maglev"]);
  if (launch !== null) {
    describe(name, { timeout: 300_000 }, () => suite(launch));
    return;
  }
  it(`${name}: no Chromium here (${HOW_TO_GET_CHROMIUM})`, ({ skip }) => {
    skip(!isCi);
    expect.fail(`CI must run this suite: ${HOW_TO_GET_CHROMIUM}`);
  });
}

/** @returns what launches the browser, with these arguments and {@link ARGUMENTS}; null without a browser */
export function findChromium(args: readonly string[] = []): (() => Promise<Browser>) | null {
  const executablePath = chromiumPath ?? PROGRAMS.find(existsSync);
  return executablePath === undefined
    ? null
    : () => chromium.launch({ executablePath, args: [...ARGUMENTS, ...args], timeout: SHOWN_MS });
}

/**
 * The omnibox runs web pages of its own, in one more renderer process for each window, and another process waits for a
 * page of another site. The other features are those that Playwright disables, because our list replaces its list.
 */
const DISABLED_FEATURES = [
  "WebUIOmniboxPopup",
  "WebUIOmniboxAimPopup",
  "SpareRendererForSitePerProcess",
  "AimEnabled",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "NetworkTimeServiceQuerying",
  "OptimizationHints",
  "PaintHolding",
  "PreconnectToSearch",
  "ThirdPartyStoragePartitioning",
];

/** No background traffic. The sandbox is off because CI runs as root. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  `--disable-features=${DISABLED_FEATURES}`,
];
