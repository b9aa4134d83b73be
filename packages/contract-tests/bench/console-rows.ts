import { gzipSync } from "node:zlib";
import type { Locator, Page } from "playwright-core";
import { findChromium } from "../browser/chromium.ts";
import { type Console, openConsole, serveConsole } from "../browser/console-on-mocks.ts";
import { BOTH_CORES, moveTo } from "./pinned-process.ts";
import { plainRow, type Row, roundsOf } from "./results.ts";

const GROUP = "the console with 10,000 members";
const MEMBERS = 10_000;
/** How long the store takes to answer. */
const STORE_MS = 200;
const CPU_SLOWDOWN = 4;
const ROWS_LOADED = 500;
const FIRST_ROWS = 5;
const ROWS_A_PAGE = 50;
const LIMIT_MS = 100;
const SCRIPT_LIMIT_KB = 200;
/** After this the browser has reported an interaction, and menus have ended their movement. */
const SETTLED_MS = 1_000;

/** Whose row a round is about, and the role that they do not have. */
interface Turn {
  readonly index: number;
  readonly another: RegExp;
}

/** The first rows in turn: further down, what the page says of former rounds covers them. */
function turnOf(round: number): Turn {
  const [index, pass] = [(round - 1) % FIRST_ROWS, Math.floor((round - 1) / FIRST_ROWS)];
  return { index, another: pass % 2 === 0 ? /^Admin/ : /^Member/ };
}

interface ConsoleSetting {
  readonly rounds: number;
  readonly progress: (text: string) => void;
}

/**
 * What a user does, and how long it keeps the next picture waiting. The target is found before, and the input is raw:
 * Playwright's own search and checks would run in the page meanwhile.
 */
const INTERACTIONS: readonly (readonly [string, (page: Page, turn: Turn) => Locator, string?])[] = [
  ["open a role menu", (page, { index }) => roleButton(page, index)],
  ["choose another role", (page, { another }) => page.getByRole("menuitemradio", { name: another })],
  ["remove a member", (page, { index }) => page.getByRole("button", { name: `Remove ${emailOf(index)}` })],
  ["undo", (page) => page.getByRole("button", { name: /^Undo the removal/ }).last()],
  ["select 100 rows", (page) => page.getByRole("checkbox", { name: /^Select all/ })],
  ["select one row less", (page, { index }) => page.getByLabel(`Select ${emailOf(index)}`)],
  ["type into the search field", (page) => page.getByRole("searchbox"), "p"],
];

/** How the members page feels on a slow phone: a member list of 500 rows, in Chromium with a CPU four times slower. */
export async function consoleRows({ rounds, progress }: ConsoleSetting): Promise<Row[]> {
  const launch = findChromium();
  if (launch === null) {
    progress("no Chromium here, so the console is not measured");
    return [];
  }
  moveTo(BOTH_CORES);
  const frontend = await serveConsole();
  const browser = await launch();
  try {
    const scripts = await scriptsToFirstRows(await open());
    const measured = await open();
    await loadRows(measured, progress);
    const times = new Map<string, number[]>(INTERACTIONS.map(([name]) => [name, []]));
    const limit = { atMost: LIMIT_MS };
    const rowsSoFar = () =>
      [...times].map(([name, ms]) => plainRow({ group: GROUP, name, limit, unit: "ms" }, ms));
    for (const round of roundsOf(rounds, rowsSoFar)) {
      progress(`the console, round ${round}`);
      const turn = turnOf(round);
      for (const [name, find, key] of INTERACTIONS) {
        const target = find(measured.page, turn);
        times.get(name)?.push(await nextPaintMs(measured.page, await inputOn(target, key)));
      }
      await measured.page.getByRole("searchbox").fill("");
      await roleButton(measured.page, turn.index).waitFor();
    }
    return [
      ...rowsSoFar(),
      plainRow(
        { group: GROUP, name: "script to first rows, gzip", limit: { atMost: SCRIPT_LIMIT_KB }, unit: "kB" },
        [scripts],
      ),
    ];
  } finally {
    // The console asks by itself: what it asks now has no page any more when it is answered.
    for (const context of browser.contexts()) await context.unrouteAll({ behavior: "ignoreErrors" });
    await browser.close();
    await frontend.close();
  }

  async function open(): Promise<Console> {
    const context = await browser.newContext();
    await context.addInitScript(observeInteractions);
    const users = Array.from({ length: MEMBERS }, (_, index) => {
      return { email: emailOf(index), memberships: { acme: "member" as const } };
    });
    const owner = { email: "a-owner@acme.example", memberships: { acme: "owner" as const } };
    const organizations = [{ id: "acme", name: "Acme", domains: ["acme.example"] }];
    const options = { organizations, users: [owner, ...users], as: owner.email, path: "/o/acme/members" };
    return openConsole(context, frontend.url, options);
  }
}

function emailOf(index: number): string {
  return `person-${String(index).padStart(5, "0")}@acme.example`;
}

function roleButton(page: Page, index: number): Locator {
  return page.getByRole("button", { name: `Role of ${emailOf(index)}:` });
}

/** In kB. Everything that the browser has loaded until the rows are there. */
async function scriptsToFirstRows({ page }: Console): Promise<number> {
  await roleButton(page, 0).waitFor();
  const urls = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map(({ name }) => name)
      .filter((name) => name.endsWith(".js")),
  );
  const bodies = await Promise.all(
    urls.map(async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer())),
  );
  return bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0) / 1_000;
}

async function loadRows({ page, platform }: Console, progress: (text: string) => void): Promise<void> {
  for (let loaded = ROWS_A_PAGE; loaded < ROWS_LOADED; loaded += ROWS_A_PAGE) {
    progress(`loading ${loaded + ROWS_A_PAGE} rows`);
    await roleButton(page, loaded - 2).waitFor(); // the owner is the first row
    await page.getByRole("button", { name: "Show 50 more" }).click();
  }
  await roleButton(page, ROWS_LOADED - 2).waitFor();
  platform.slowDown(STORE_MS);
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
}

/** Runs in the page, before it loads. */
function observeInteractions(): void {
  const durations: number[] = [];
  Object.assign(window, { interactionMs: durations });
  // 16 ms is the least that a browser reports. Shorter interactions count as 0.
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) durations.push(entry.duration);
  }).observe({ type: "event", durationThreshold: 16, buffered: true } as PerformanceObserverInit);
}

/** Types the key into the target, or presses it with the mouse. */
async function inputOn(target: Locator, key: string | undefined): Promise<() => Promise<void>> {
  const page = target.page();
  if (key !== undefined) {
    await target.focus();
    return () => page.keyboard.press(key);
  }
  await target.scrollIntoViewIfNeeded();
  const { x = 0, y = 0, width = 0, height = 0 } = (await target.boundingBox()) ?? {};
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.waitForTimeout(SETTLED_MS);
  return () => page.mouse.click(x + width / 2, y + height / 2);
}

/** The longest time from an event of the interaction to the picture after it, in ms. */
async function nextPaintMs(page: Page, interact: () => Promise<void>): Promise<number> {
  await page.evaluate(() => Object(window).interactionMs.splice(0));
  await interact();
  // The browser reports an event some time after its picture.
  await page.waitForTimeout(SETTLED_MS);
  const durations = await page.evaluate((): number[] => Object(window).interactionMs);
  return Math.max(0, ...durations);
}
