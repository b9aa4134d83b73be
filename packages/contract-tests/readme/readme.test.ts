import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { picture } from "../browser/check-page.ts";
import { describeWithChromium } from "../browser/chromium.ts";
import { pageOf, ROOT, readPage } from "../pages/page.ts";
import { expectShown, openShell, runLines, type World } from "../pages/shell.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { freePorts } from "../simulator/free-ports.ts";
import { whoIs } from "./who-is.ts";

const PLATFORM = join(ROOT, "platform");
const README = readPage("README.md");

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

/** Many times what a start or a command takes on an idle machine. */
const START_MS = 180_000;
vi.setConfig({ testTimeout: START_MS });

const dataFolder = folderOfTests("readme");
let moved: Record<keyof typeof PORTS, number>;
let stack: { child: ChildProcess; output: () => string };

beforeAll(async () => {
  const names = Object.keys(PORTS);
  const free = await freePorts(names.length);
  moved = Object.fromEntries(names.map((name, index) => [name, free[index]])) as typeof moved;
  stack = await startStack();
}, START_MS);
afterAll(() => stop(stack.child));

/** Starts it on other ports, until it has printed a text. */
async function startStack(until = "\nOpen http://"): Promise<typeof stack> {
  const ports = Object.fromEntries(Object.entries(moved).map(([name, port]) => [name, String(port)]));
  const env = {
    ...process.env,
    ...ports,
    DATA_FOLDER: dataFolder,
    DATABASE_URL: "",
    ORGANIZATIONS_FILE: "",
  };
  const child = spawn(PLATFORM, ["start"], { cwd: ROOT, env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  const ended = once(child, "exit");
  while (!output.includes(until)) {
    if (child.exitCode !== null) throw new Error(output);
    await Promise.race([once(child.stdout, "data"), ended]);
  }
  return { child, output: () => output };
}

async function stop(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null) return child.exitCode;
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  return code;
}

/** A README command as it runs here: on other ports. */
function local(line: string): string {
  const portOf = (port: string) => {
    const name = Object.entries(PORTS).find(([, original]) => String(original) === port)?.[0];
    return name === undefined ? port : moved[name as keyof typeof PORTS];
  };
  return line.replaceAll(/:(\d+)/g, (_, port) => `:${portOf(port)}`); // at once: a free port may begin with one of these
}

/** A shell in which the pages' commands find the stack. */
function world(): World {
  return { folder: ROOT, env: { ...process.env, DATA_FOLDER: dataFolder }, here: local };
}

/** Runs the commands of a page's section, and expects what it shows. @returns all that is printed */
function take(page: string, section: string): Promise<string> {
  const shell = openShell(world());
  return shell.follow(readPage(page).section(section)).finally(shell.close);
}

let taken: Promise<string> | undefined;

/** The first test that needs the tour runs it for all. */
function tour(): Promise<string> {
  taken ??= take("README.md", "A tour in five minutes");
  return taken;
}

describeWithChromium("the README's tour in the browser", (launch) => {
  it("the browser shows what the README says and reacts to its commands", async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 480 } });
      const press = (name: string) => {
        expect(README.text).toContain(`**${name}**`);
        return page.getByRole("button", { name, exact: true }).click();
      };
      await page.goto(local("http://127.0.0.1:4002"));
      expect(README.text).toContain("as the **E-mail address** and **Continue**");
      await page.getByLabel("E-mail address").fill("jane@acme.example");
      await press("Continue");
      await page.getByRole("heading", { name: "Choose how to sign in" }).waitFor();
      await picture(page, "sign-in");
      await press("Continue with Acme (Entra ID)");
      await press("Sign in");
      await press("Use an example");
      await press("Start run");
      await page.getByRole("button", { name: "Approve" }).waitFor();
      await picture(page, "run", { fullPage: true });
      await press("Approve");
      await page.getByText("Succeeded", { exact: true }).waitFor();
      await page.getByRole("link", { name: "All runs" }).click();
      await press("Use an example");
      await press("Start run");
      await page.getByRole("heading", { name: "Summarize the support report" }).waitFor();

      const elsewhere = tour();
      await page.getByRole("heading", { name: "Stopped: you were removed from Acme" }).waitFor();
      const removed = page.getByRole("heading", { name: "You were removed from Acme", exact: true });
      await removed.waitFor();
      await removed.waitFor({ state: "detached" });
      await page.getByRole("link", { name: "All runs" }).click();
      await page.getByRole("heading", { name: "Runs", exact: true }).waitFor();
      await elsewhere;
    } finally {
      await browser.close();
    }
  });
});

it("the README's tour prints what the README says", async () => {
  expect(await tour()).toMatch(/HTTP\/1\.1 403[\s\S]*EMAIL_UNVERIFIED/);
});

it("the tour of an organization prints what its page says", async () => {
  const section = "From nothing to an organization, by command line and HTTP";
  expect(await take("docs/organizations.md", section)).toContain("role-changed");
  const mails: unknown = await (await fetch(local("http://127.0.0.1:4007/mails.json"))).json();
  expect(JSON.stringify(mails)).toContain("casey@freelance.example");
});

describeWithChromium("the onboarding of a customer", (launch) => {
  it("prints what its page says, with the wizard in the browser", async () => {
    const { text } = readPage("docs/onboard.md").section("From nothing to required SSO");
    const [before = "", after = ""] = text.split("Open the `setupUrl` in a browser.");
    const shell = openShell(world());
    const begun = await shell.follow(pageOf(before));
    const [, setupUrl = ""] = /"setupUrl":"([^"]+)"/.exec(begun) ?? [];
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
    await shell.follow(pageOf(after));
    await shell.close();
  });
});

it("the commands of agentic-backend's README print what it says", async () => {
  const { commands, code } = readPage("apps/agentic-backend/README.md");
  const printed = await runLines(commands.slice(0, 4).join("\n"), world());
  // The run may have finished before the second command, and the tour may have started another run.
  const timeless = (lines: string) =>
    lines.replaceAll(/"status":"\w+"/g, '"status":"…"').replace(/"nextCursor":[^}]*/, '"nextCursor":"…"');
  expectShown(printed, code("json")[0] ?? "", timeless);
});

it("the README's TypeScript returns the documented result", async () => {
  const tokenOf = (email: string) => runLines(`./platform token ${email}`, world());
  const url = `http://127.0.0.1:${moved.PLATFORM_API_PORT}`;
  const tokens = await Promise.all(["jane@acme.example", "mallory@hooli.example"].map(tokenOf));
  const [jane, mallory] = await Promise.all(tokens.map((token) => whoIs(token.trim(), url)));
  expect(jane).toEqual({ userId: expect.any(String), organizationId: "acme" });
  expect(mallory).toEqual({ reason: "EMAIL_UNVERIFIED" });
  const [nobody] = await freePorts(1);
  await expect(whoIs("any", `http://127.0.0.1:${nobody}`)).rejects.toThrow(
    `cannot reach http://127.0.0.1:${nobody}/trpc/auth.validate: ECONNREFUSED`,
  );
});

it("start prints the address to open last and writes down all of them, and Ctrl-C stops everything with exit code 0", async () => {
  const lines = stack.output().trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(20);
  expect(lines.at(-1)).toContain(`Open http://127.0.0.1:${moved.FRONTEND_PORT} in a browser`);
  const about = readFileSync(join(dataFolder, "about.txt"), "utf8");
  expect(about).toContain(`platform-api       http://127.0.0.1:${moved.PLATFORM_API_PORT}`);
  for (const name of ["jane@acme.example", "mallory@hooli.example"]) expect(about).toContain(name);
  expect(await stop(stack.child)).toBe(0);
  expect(stack.output()).toContain("Stopped.");
  await expect(fetch(`http://127.0.0.1:${moved.PLATFORM_API_PORT}/livez`)).rejects.toThrow();
});

it("start keeps its data and says that its stack runs already", async () => {
  const again = await startStack("s  waiting for agentic-backend\n"); // platform-api is up
  try {
    const env = {
      ...process.env,
      PLATFORM_API_PORT: String(moved.PLATFORM_API_PORT),
      DATA_FOLDER: dataFolder,
    };
    const second = promisify(execFile)(PLATFORM, ["start"], { cwd: ROOT, env });
    await expect(second).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        `the stack of ${dataFolder} runs already: process ${again.child.pid}, `,
      ),
    });
    const members = await runLines("./platform member list acme", world());
    expect(members).toMatch(/jane@acme\.example +Jane Doe +owner +active/); // the tour has restored her
  } finally {
    await stop(again.child);
  }
});
