import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { picture } from "../browser/check-page.ts";
import { describeWithChromium } from "../browser/chromium.ts";
import { freePorts } from "../platform/free-ports.ts";
import { whoIs } from "./who-is.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/** The README's ports, which free ones replace here. */
const PORTS = {
  PLATFORM_API_PORT: 4_000,
  AGENTIC_BACKEND_PORT: 4_001,
  FRONTEND_PORT: 4_002,
  IDENTITY_PROVIDER_PORT: 4_003,
  USER_DIRECTORY_PORT: 4_004,
  DYNAMODB_PORT: 4_005,
  DNS_PORT: 4_006,
  MAILBOX_PORT: 4_007,
  MAILBOX_SMTP_PORT: 4_008,
};

let dataFolder: string;
let moved: Record<keyof typeof PORTS, number>;
let stack: { child: ChildProcess; output: () => string };

beforeAll(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), "readme-"));
  const names = Object.keys(PORTS);
  const free = await freePorts(names.length);
  moved = Object.fromEntries(names.map((name, index) => [name, free[index]])) as typeof moved;
  stack = await startStack();
}, 60_000);
afterAll(async () => {
  await stop(stack.child);
  rmSync(dataFolder, { recursive: true });
});

/** Runs what `pnpm start` runs, on other ports, until it has printed a text. */
async function startStack(until = "Ctrl-C ends everything"): Promise<typeof stack> {
  const [node = "", ...args] = scripts.start.split(" ");
  const ports = Object.fromEntries(Object.entries(moved).map(([name, port]) => [name, String(port)]));
  const env = {
    ...process.env,
    ...ports,
    DATA_FOLDER: dataFolder,
    DATABASE_URL: "",
    ORGANIZATIONS_FILE: "",
  };
  const child = spawn(node, args, { cwd: ROOT, env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  while (!output.includes(until)) {
    if (child.exitCode !== null) throw new Error(output);
    await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  }
  return { child, output: () => output };
}

async function stop(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null) return child.exitCode;
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  return code;
}

/** The environment in which the README's commands find the stack. */
function moves(): NodeJS.ProcessEnv {
  return { ...process.env, DATA_FOLDER: dataFolder };
}

/** A README command as it runs here: without npx and on other ports. */
function local(line: string): string {
  const portOf = (port: string) => {
    const name = Object.entries(PORTS).find(([, original]) => String(original) === port)?.[0];
    return name === undefined ? port : moved[name as keyof typeof PORTS];
  };
  return line
    .replaceAll(/npx -y pnpm@12 --silent run (\w+)/g, (_, script) => scripts[script])
    .replaceAll(/npx -y pnpm@12 --silent (dev:[\w-]+)/g, (_, script) => scripts[script])
    .replaceAll(/:(\d+)/g, (_, port) => `:${portOf(port)}`); // at once: a free port may begin with one of these
}

async function bash(script: string): Promise<string> {
  const { stdout } = await promisify(execFile)("bash", ["-euc", script], { cwd: ROOT, env: moves() });
  return stdout;
}

let taken: ReturnType<typeof takeTour> | undefined;

/** The first test that needs the tour runs it for all. */
function tour(): ReturnType<typeof takeTour> {
  taken ??= takeTour();
  return taken;
}

function takeTour(): Promise<Tour> {
  return take(chapterOf(README, "A tour in five minutes"));
}

interface Tour {
  readonly documented: readonly unknown[];
  readonly printed: string;
}

function chapterOf(page: string, heading: string): string {
  const [, chapter = ""] = page.split(`## ${heading}\n`);
  return chapter.split("\n## ")[0] ?? "";
}

/** Runs the commands of a text in one shell, which begins and ends with these scripts. */
async function take(text: string, { first = "", last = "" } = {}): Promise<Tour> {
  const blocks = [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)];
  const shell = blocks.filter(([, language]) => language === "sh").map(([, , text = ""]) => local(text));
  const documented = blocks
    .filter(([, language]) => language === "json")
    .flatMap(([, , text = ""]) =>
      text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    );
  const printed = await bash([first, ...shell, last].join("\n"));
  return { documented, printed };
}

describeWithChromium("the README's tour in the browser", (launch) => {
  it("the browser shows what the README says and reacts to its commands", {
    timeout: 120_000,
  }, async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 480 } });
      const press = (name: string) => {
        expect(README).toContain(`**${name}**`);
        return page.getByRole("button", { name, exact: true }).click();
      };
      await page.goto(local("http://127.0.0.1:4002"));
      expect(README).toContain("as the **E-mail address** and **Continue**");
      await page.getByLabel("E-mail address").fill("jane@acme.example");
      await press("Continue");
      await page.getByRole("heading", { name: "Choose how to sign in" }).waitFor();
      await picture(page, "sign-in");
      await press("Continue with Acme (Entra ID)");
      await press("Sign in");
      await page.getByLabel("What should be done?").fill("Summarize this week’s support tickets");
      await press("Start run");
      await page.getByText("Succeeded", { exact: true }).waitFor();
      await picture(page, "runs");

      const elsewhere = tour();
      await page.getByRole("heading", { name: "You were removed from Acme" }).waitFor();
      await page.getByRole("heading", { name: "Runs", exact: true }).waitFor();
      await elsewhere;
    } finally {
      await browser.close();
    }
  });
});

it("the README's tour prints what the README says", { timeout: 60_000 }, async () => {
  const { documented, printed } = await tour();
  for (const answer of documented) expect(answersIn(printed)).toContain(shape(answer));
  expect(documented).toHaveLength(5);
  expect(printed).toMatch(/HTTP\/1\.1 403[\s\S]*EMAIL_UNVERIFIED/);
});

/** Ids and times differ from run to run; the pages abbreviate them with an ellipsis. */
function shape(value: unknown): string {
  const isIdOrTime = (key: string) => /^(userId|invitedBy|\w+At|value|setupUrl)$/.test(key);
  const isNew = (key: string, v: unknown) => key === "name" && /^piper-[a-z0-9]{8}$/.test(String(v));
  return JSON.stringify(value, (key, v) => ((isIdOrTime(key) && v !== null) || isNew(key, v) ? "…" : v));
}

function answersIn(printed: string): string[] {
  return printed.split("\n").flatMap((line) => (/^[{[]/.test(line) ? [shape(JSON.parse(line))] : []));
}

it("the tour of an organization prints what its page says", { timeout: 120_000 }, async () => {
  const page = readFileSync(join(ROOT, "docs/organizations.md"), "utf8");
  const heading = "From nothing to an organization, by command line and HTTP";
  const { documented, printed } = await take(chapterOf(page, heading));
  expect(answersIn(printed)).toEqual(documented.map(shape));
  expect(printed).toContain("role-changed");
  const mails: unknown = await (await fetch(local("http://127.0.0.1:4007/mails.json"))).json();
  expect(JSON.stringify(mails)).toContain("casey@freelance.example");
});

describeWithChromium("the onboarding of a customer", (launch) => {
  it("prints what its page says, with the wizard in the browser", { timeout: 120_000 }, async () => {
    const text = readFileSync(join(ROOT, "docs/onboard.md"), "utf8");
    const chapter = chapterOf(text, "From nothing to required SSO");
    const [before = "", after = ""] = chapter.split("Open the `setupUrl` in a browser.");
    const shell = join(dataFolder, "shell");
    const last = `{ declare -p | grep -E '^declare -- [A-Z]+='; declare -f; } > ${shell}`;
    const begun = await take(before, { last });
    const [, setupUrl = ""] = /"setupUrl":"([^"]+)"/.exec(begun.printed) ?? [];
    const browser = await launch();
    try {
      const page = await browser.newPage({ viewport: { width: 720, height: 720 } });
      await page.goto(setupUrl);
      expect(after).toContain("choose **Entra ID**, then **Create connection**, then **Enable**");
      await page.getByLabel("Entra ID").check();
      await page.getByRole("button", { name: "Create connection" }).click();
      await page.getByRole("button", { name: "Enable" }).click();
      await page.getByRole("heading", { name: "Connection enabled" }).waitFor();
    } finally {
      await browser.close();
    }
    const finished = await take(after, { first: `. ${shell}` });
    expect(answersIn(begun.printed)).toEqual(begun.documented.map(shape));
    expect(answersIn(finished.printed)).toEqual(finished.documented.map(shape));
  });
});

it("the commands of agentic-backend's README print what it says", { timeout: 30_000 }, async () => {
  const text = readFileSync(join(ROOT, "apps/agentic-backend/README.md"), "utf8");
  const [, script = "", documented] = /```sh\n([\s\S]*?)```[\s\S]*?```json\n([\s\S]*?)```/.exec(text) ?? [];
  const printed = await bash(local(script));
  // The run may have finished before the second command, and the tour may have started another run.
  const timeless = (lines = "") =>
    lines
      .replaceAll(/"(id|createdAt)":"(01)?[^"]*"/g, '"$1":"$2…"')
      .replaceAll(/"status":"\w+"/g, '"status":"…"')
      .replace(/"nextCursor":[^}]*/, '"nextCursor":"…"');
  expect(timeless(printed)).toBe(timeless(documented));
});

it("the README's TypeScript compiles and returns the documented result", { timeout: 30_000 }, async () => {
  const file = readFileSync(new URL("who-is.ts", import.meta.url), "utf8");
  expect(README).toContain(`\`\`\`ts\n${file}\`\`\`\n`);
  const tokenOf = (email: string) => bash(local(`npx -y pnpm@12 --silent run token ${email}`));
  const url = `http://127.0.0.1:${moved.PLATFORM_API_PORT}`;
  const tokens = await Promise.all(["jane@acme.example", "mallory@hooli.example"].map(tokenOf));
  const [jane, mallory] = await Promise.all(tokens.map((token) => whoIs(token.trim(), url)));
  expect(jane).toEqual({ userId: expect.any(String), organizationId: "acme" });
  expect(mallory).toEqual({ reason: "EMAIL_UNVERIFIED" });
});

it("start prints every address, and Ctrl-C stops everything with exit code 0", {
  timeout: 30_000,
}, async () => {
  expect(stack.output()).toContain(`platform-api       http://127.0.0.1:${moved.PLATFORM_API_PORT}`);
  expect(stack.output()).toContain("jane@acme.example");
  expect(await stop(stack.child)).toBe(0);
  expect(stack.output()).toContain("Stopped.");
  await expect(fetch(`http://127.0.0.1:${moved.PLATFORM_API_PORT}/livez`)).rejects.toThrow();
});

it("start keeps its data and names a port that is in use", { timeout: 60_000 }, async () => {
  const again = await startStack("s  agentic-backend\n"); // platform-api is up
  try {
    const [node = "", ...args] = scripts.start.split(" ");
    const env = {
      ...process.env,
      PLATFORM_API_PORT: String(moved.PLATFORM_API_PORT),
      DATA_FOLDER: dataFolder,
    };
    const second = promisify(execFile)(node, args, { cwd: ROOT, env });
    await expect(second).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`port ${moved.PLATFORM_API_PORT} is in use, platform-api needs it`),
    });
    const members = await bash(local("npx -y pnpm@12 --silent dev:platform-api member list acme"));
    expect(members).toMatch(/jane@acme\.example +owner +active/); // the tour has restored her
  } finally {
    await stop(again.child);
  }
});
