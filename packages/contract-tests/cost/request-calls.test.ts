import { systemClock } from "@platform-api/server/adapters";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { readPage } from "../pages/page.ts";
import { answered, judged, type OwnOrganization, ownOrganizations } from "../simulator/own-organizations.ts";
import { startSelfServiceUpstreams } from "../simulator/self-service.ts";
import type { Server } from "../simulator/stack.ts";
import { countsOf, recordCalls } from "./recorded-calls.ts";
import { DEFAULT_CACHES, MILL, worldOfTests } from "./world.ts";

const SECTION = readPage("docs/limits-and-cost.md").section("Ordinary requests");
const [{ head: HEAD, rows: ROWS } = { head: [], rows: [] }] = SECTION.tables;

const organizationId = MILL;
const get = async ({ url }: Server, path: string, token: string) => {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
};

/** Sends one request of an admin of the mill. */
type Ask = (server: Server, token: string) => Promise<unknown>;

const REQUESTS: Readonly<Record<string, Ask>> = {
  "`auth.validate`": (server, token) => server.client(token).auth.validate.query(),
  "`GET /forward-auth`": (server, token) => get(server, "/forward-auth", token),
  "`GET /forward-auth?organizationId=…`": (server, token) =>
    get(server, `/forward-auth?organizationId=${MILL}`, token),
  "`auth.check`": (server, token) => server.client(token).auth.check.query({ organizationId }),
  "`org.me`": (server, token) => server.client(token).org.me.query(),
  "`discover.byEmail`": (server) =>
    server.client().discover.byEmail.mutate({ email: "anybody@mill.example" }),
  "`org.members.list`, the first page": (server, token) =>
    server.client(token).org.members.list.query({ organizationId }),
};

/** What the process has seen before. */
const STATES = [
  "process just started",
  "user not seen for ten minutes",
  "after a change of their role",
  "again within ten minutes",
];

/** In place of the 5 s for which values without polls hold. */
const BRIEF_MS = 1_000;

const world = worldOfTests();
/** Stands still, so that nothing that is remembered ends by itself. */
const clock = vi.spyOn(systemClock, "monotonicMs");
afterAll(() => clock.mockRestore());
let record: ReturnType<typeof recordCalls>;
let owner: string;
/** A process that knows the mill, but not the user of the next row. */
let shared: Server;
beforeAll(async () => {
  record = recordCalls(world.faulty);
  owner = await world.owner();
  clock.mockReturnValue(Math.ceil(performance.now()));
  shared = await world.faulty.server(DEFAULT_CACHES);
  await world.faulty.stack.client(owner).auth.validate.query();
});

interface Admin {
  readonly token: string;
  readonly userId: string;
}

/** An admin of the mill whom only the stack's own process has seen. */
async function newAdmin(): Promise<Admin> {
  const { stack } = world.faulty;
  const token = await world.newMember();
  const { userId } = await stack.client(token).auth.validate.query();
  await setRole(stack, { userId }, "admin");
  return { token, userId };
}

const setRole = (server: Server, { userId }: Pick<Admin, "userId">, role: "owner" | "admin" | "member") =>
  server.client(owner).org.members.setRole.mutate({ organizationId, userId, role });

async function counted(action: () => Promise<unknown>): Promise<string> {
  const counts = countsOf((await record(action)).map(({ operation }) => operation));
  const texts = Object.entries(counts).map(([operation, times]) => `${times} \`${operation}\``);
  return texts.length === 0 ? "0" : texts.sort().join(", ");
}

/**
 * The calls of each change, made several times, without what a time-out of a cache between `warm` and the change adds: the
 * process forgets an organization that it has changed, and is warmed again.
 */
async function fewest(warm: () => Promise<unknown>, changes: readonly (() => Promise<unknown>)[]) {
  const texts: string[][] = changes.map(() => []);
  for (let n = 0; n < 3; n += 1) {
    for (const [at, change] of changes.entries()) {
      await warm();
      texts[at]?.push(await counted(change));
    }
  }
  const sum = (text: string) => text.match(/\d+/g)?.reduce((total, each) => total + Number(each), 0) ?? 0;
  return texts.map((each) => each.sort((a, b) => sum(a) - sum(b))[0]);
}

/** The calls of a request in each state, as a row of the page. */
async function measured(ask: Ask): Promise<string[]> {
  const started = await world.faulty.server(DEFAULT_CACHES);
  const admin = await newAdmin();
  const cold = await counted(() => ask(started, admin.token));

  await shared.client(owner).auth.check.query({ organizationId });
  await shared.client().discover.byEmail.mutate({ email: "other@mill.example" });
  const unseen = await counted(() => ask(shared, admin.token));

  await setRole(shared, admin, "member");
  await setRole(shared, admin, "admin");
  const later = await counted(() => ask(shared, admin.token));
  return [cold, unseen, later, await counted(() => ask(shared, admin.token))];
}

describe("docs/limits-and-cost.md lists the calls of a request", () => {
  it("has a row for each request and a column for each state", () => {
    expect(HEAD).toEqual(["request", ...STATES]);
    expect(ROWS.map(([name]) => name)).toEqual(Object.keys(REQUESTS));
  });

  it.each(Object.entries(REQUESTS))("%s", async (name, ask) => {
    const row = ROWS.find(([cell]) => cell === name);
    expect(row).toEqual([name, ...(await measured(ask))]);
  });

  it("without polls, a process that has not asked for a while asks for all of it", async () => {
    const briefly = String(BRIEF_MS);
    const unnotified = { CHANGES_POLL_MS: "0", IDENTITY_CACHE_MS: briefly, MEMBERSHIP_CACHE_MS: briefly };
    const server = await world.faulty.server(unnotified);
    const { token } = await newAdmin();
    const validate = () => server.client(token).auth.validate.query();
    const cold = await counted(validate);
    clock.mockReturnValue(systemClock.monotonicMs() + BRIEF_MS);
    expect(await counted(validate)).toBe(cold);
    expect(cold).toBe(ROWS.find(([name]) => name === "`auth.validate`")?.[1]);
  });

  it("a change of a member, and of an owner", async () => {
    const admin = await newAdmin();
    const { userId } = admin;
    const as = (role: "owner" | "admin" | "member") => () => setRole(shared, admin, role);
    const members = () => shared.client(owner).org.members;
    const changes = await fewest(
      () => shared.client(owner).auth.validate.query(),
      [
        as("member"),
        as("owner"),
        as("admin"),
        () => members().remove.mutate({ organizationId, userId }),
        () => members().restore.mutate({ organizationId, userId }),
      ],
    );
    const [calls, ofOwners] = changes;
    expect(changes.slice(0, 4)).toEqual([calls, ofOwners, ofOwners, calls]);
    expect(SECTION.text).toContain(
      `A change of a member makes ${calls}, and where somebody becomes an owner or ceases to be one, ${ofOwners}:`,
    );
  });

  it("a check that verifies a domain, and its release", async () => {
    const { faulty } = world;
    const upstreams = await startSelfServiceUpstreams();
    onTestFinished(upstreams.close);
    const { url } = await faulty.server({ ...DEFAULT_CACHES, ...upstreams.settings });
    const [{ id, token, ask }] = (await ownOrganizations(faulty.stack, 1)) as [OwnOrganization];
    const domain = `${id}-labs.example`;
    const claim = ask("domains.claim", { domain }, url);
    const { record: txt } = await answered<{ record: { name: string; value: string } }>(claim);
    upstreams.dns.records.set(txt.name, [txt.value]);
    const of = (path: string) => () => answered(ask(path, { domain }, url));
    const changes = await fewest(
      () => judged(url, token),
      ["domains.check", "domains.release", "domains.claim"].map(of),
    );
    const [checked, released] = changes;
    expect(SECTION.text).toContain(
      `A check that verifies a domain makes ${checked}, and its release ${released}.`,
    );
  });
});
