import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { describeWith } from "../pages/programs.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { freePorts } from "../simulator/free-ports.ts";
import { ORGANIZATIONS } from "../simulator/people.ts";
import { type Stack, startStack } from "../simulator/stack.ts";
import { scan } from "../simulator/table-scan.ts";
import { buildCommit, buildThisTree, findPreviousCommit } from "./builds.ts";
import { bodyOf, type Load, send, startLoad } from "./load.ts";
import { type OneMachine, prepareMachine } from "./one-machine.ts";
import { linesOf } from "./page.ts";
import { signIn, type Users } from "./users.ts";

const TABLE = "upgraded";
/** Answers before a change and after it. */
const ENOUGH = 50;
const PLACES = ["link", "membership", "seat"];

const previous = await findPreviousCommit();
const versions = previous === null ? "this commit alone, which has none before it" : "the previous commit";

describeWith(["nginx", "curl", "pgrep"], `with the build of ${versions} under load`, () => {
  const [functions = "", newFile = "", replace = ""] = linesOf("One machine with nginx");
  const [formerFile = ""] = linesOf("Rolling back");
  const [oneByOne = ""] = linesOf("Several processes");
  const builds = folderOfTests("upgrade");
  let oldBuild: string;
  let newBuild: string;
  let stack: Stack;
  let machine: OneMachine;
  let ports: readonly [first: number, second: number];
  let users: Users;
  let load: Load;

  beforeAll(async () => {
    [stack, newBuild] = await Promise.all([startStack(), buildThisTree(builds)]);
    oldBuild = previous === null ? newBuild : await buildCommit(previous);
    const [frontend = 0, api = 0, backend = 0, first = 0, second = 0] = await freePorts(5);
    ports = [first, second];
    machine = prepareMachine([frontend, api, backend], oldBuild, {
      ...stack.environment,
      DYNAMODB_TABLE: TABLE,
      IDENTITY_CACHE_MS: "60000",
      MEMBERSHIP_CACHE_MS: "5000",
      TRUSTED_PROXY_HOPS: "1",
    });
    const organizations = join(builds, "organizations.json");
    writeFileSync(organizations, JSON.stringify({ organizations: ORGANIZATIONS }));
    const setUp = ["platform_api table create", `platform_api org apply ${organizations} --yes`];
    await run(`${setUp.join("\n")}\necho 'server 127.0.0.1:4000 max_fails=0;' > "$SERVERS"\n${start(4000)}`);
    await machine.startNginx();
    users = await signIn(stack.issuer, machine.url);
  }, 180_000);

  afterEach(() => load?.stop());

  afterAll(async () => {
    await machine?.close();
    await stack?.close();
  });

  const start = (port: number) => `systemctl start platform-api@${port}\nwait_ready ${port}\n`;
  const run = (lines: string, settings = {}) => {
    const here = lines.replaceAll("4000", `${ports[0]}`).replaceAll("4010", `${ports[1]}`);
    return machine.run(`${functions}\n${here}`, settings);
  };
  const isServing = (build: string) => readFileSync(machine.file).equals(readFileSync(build));

  /** Runs lines while the clients send requests, before, meanwhile and after. */
  async function underLoad(lines: string, settings = {}): Promise<string> {
    const more = async () => {
      const before = load.count();
      await expect.poll(() => load.count() - before, { timeout: 30_000 }).toBeGreaterThan(ENOUGH);
    };
    load = startLoad(users.calls);
    await more();
    const output = await run(lines, settings);
    await more();
    await load.stop();
    return output;
  }

  function expectNoLoss(): void {
    expect(load.problems).toEqual([]);
    for (const [call, count] of load.expected) expect({ call, count }).not.toEqual({ call, count: 0 });
  }

  it.each([
    ["an upgrade", newFile + replace, () => newBuild],
    ["rolling back", formerFile + replace, () => oldBuild],
    ["the upgrade again", newFile + replace, () => newBuild],
  ])(
    "%s loses no request",
    async (_, lines, build) => {
      const output = await underLoad(lines, { BUILD: newBuild });
      expectNoLoss();
      expect(isServing(build())).toBe(true);
      expect(output).not.toContain("still has requests");
    },
    60_000,
  );

  it("several processes are replaced one by one without a loss", async () => {
    await run(`${start(4010)}send_to 4000 4010\n`);
    const before = ports.map((port) => machine.log(port).length);
    await underLoad(oneByOne);
    expectNoLoss();
    for (const [index, port] of ports.entries()) {
      const lines = machine.log(port).slice(before[index]);
      const messages = lines.map(({ msg }) => msg);
      expect(messages.indexOf("stopped")).toBeLessThan(messages.lastIndexOf("listening"));
      expect(lines.filter(({ level }) => level === "error" || level === "fatal")).toEqual([]);
    }
  }, 60_000);

  it("a process that is stopped before nginx knows answers DRAINING with Retry-After, then nobody answers", async () => {
    await run("send_to 4000\n");
    await underLoad("systemctl stop platform-api@4000\nsend_to 4010\n");
    const drained = load.problems.filter((problem) => problem.includes("DRAINING"));
    expect(drained.length).toBeGreaterThan(0);
    for (const problem of drained) expect(problem).toMatch(/DRAINING, Retry-After: [1-9]/);
  }, 60_000);

  it("everybody is still who they were, and each first login has stored exactly one of each item", async () => {
    const { DYNAMODB_ENDPOINT: endpoint = "" } = stack.environment;
    const items = await scan(endpoint, TABLE);
    const placesOf = (userId: string) =>
      items
        .filter((item) => item.userId === userId && PLACES.includes(String(item.type)))
        .map(({ type }) => type)
        .sort();
    expect(users.newcomers.size).toBeGreaterThan(ENOUGH / 5);
    expect(new Set(users.newcomers.values()).size).toBe(users.newcomers.size);
    for (const [token, userId] of [...users.known, ...users.newcomers]) {
      expect(bodyOf(await send(machine.url, { path: "/validate", token })).userId).toBe(userId);
      expect(placesOf(userId)).toEqual(PLACES);
    }
    const { userId, role } = users.lastChange;
    expect(items.find((item) => item.type === "membership" && item.userId === userId)).toMatchObject({
      role,
    });
  });
});
