import { beforeAll, describe, expect, it, vi } from "vitest";
import { faultyStackOfTests } from "../simulator/of-tests.ts";
import { call, type OrganizationWorld, organizationWorld } from "../simulator/organization-world.ts";
import type { Server } from "../simulator/stack.ts";

const WARM = { IDENTITY_CACHE_MS: "60000", MEMBERSHIP_CACHE_MS: "5000" };

const faulty = faultyStackOfTests([]);
let world: OrganizationWorld;
/** Two processes with caches on the same store. */
let here: Server;
let there: Server;

beforeAll(async () => {
  world = await organizationWorld(faulty.stack);
  [here, there] = await Promise.all([faulty.server(WARM), faulty.server(WARM)]);
});

const ask = (server: Server, path: string, token: string, input: object = {}) =>
  call(server.url, path, token, { organizationId: world.id, ...input });

/** Somebody new with this role, whom both processes remember. */
async function person(role: "member" | "admin") {
  const token = await world.bySso(world.at(`p${Math.random().toString(36).slice(2)}`));
  const { body } = await ask(here, "org.me", token);
  const userId = /"userId":"([^"]+)"/.exec(JSON.stringify(body))?.[1] ?? "";
  const given = await ask(here, "org.members.setRole", world.tokens.owner, { userId, role });
  expect(given.outcome).toBe("OK");
  for (const server of [here, there]) expect((await ask(server, "org.get", token)).outcome).toBe("OK");
  return { token, userId };
}

/** Resolves when a poll of changes is complete: the time since the last one then falls. */
async function untilPolled({ url }: Server): Promise<void> {
  let seconds = 0;
  const falls = async () => {
    const before = seconds;
    const metrics = await (await fetch(`${url}/metrics`)).text();
    seconds = Number(/^platform_api_changes_age_seconds (.*)$/m.exec(metrics)?.[1]);
    expect(seconds).toBeLessThan(before);
  };
  await vi.waitFor(falls, { timeout: 20_000 });
}

describe("a change", () => {
  it("takes effect at once in the process that makes it", async () => {
    const { token, userId } = await person("member");
    await ask(here, "org.members.remove", world.tokens.owner, { userId });
    expect((await ask(here, "org.get", token)).outcome).toBe("MEMBERSHIP_REMOVED");
    await ask(here, "org.members.restore", world.tokens.owner, { userId });
    expect((await ask(here, "org.get", token)).outcome).toBe("OK");
  });

  it("takes effect in a process that follows the changes of others, though it would remember for minutes", async () => {
    const other = await faulty.server({ ...WARM, CHANGES_POLL_MS: "1000" });
    await untilPolled(other); // from then on only a notice ends what it remembers
    const { token, userId } = await person("member");
    expect((await ask(other, "org.get", token)).outcome).toBe("OK");
    await ask(here, "org.members.remove", world.tokens.owner, { userId });
    const seen = async () => expect((await ask(other, "org.get", token)).outcome).toBe("MEMBERSHIP_REMOVED");
    await vi.waitFor(seen, { timeout: 20_000 });
  });

  it("takes effect at once in every process for somebody who changes something", async () => {
    const { token, userId } = await person("admin");
    const demoted = await ask(here, "org.members.setRole", world.tokens.owner, { userId, role: "member" });
    expect(demoted.outcome).toBe("OK");
    const accomplice = { emails: [world.at("accomplice")], role: "admin" };
    expect((await ask(there, "org.members.list", token)).outcome).toBe("OK"); // out of its memory
    expect((await ask(there, "org.invitations.create", token, accomplice)).outcome).toBe("ROLE_REQUIRED");
  });
});

it("one person makes 60 changes a minute in an organization, and reads what members may as much as they like", async () => {
  const { token } = await person("admin");
  const outcomes: string[] = [];
  for (let n = 0; n < 61; n += 1) outcomes.push((await ask(there, "org.update", token)).outcome);
  expect(outcomes.filter((each) => each === "OK")).toHaveLength(60);
  expect(outcomes.at(-1)).toBe("RATE_LIMITED");
  expect((await ask(there, "org.get", token)).outcome).toBe("OK");
  const other = { organizationId: "there-is-none" };
  for (let n = 0; n < 60; n += 1) await ask(there, "org.join", token, other);
  expect((await ask(there, "org.join", token, other)).outcome).toBe("RATE_LIMITED");
});

it("an administrator reads an organization 120 times a minute, over every interface; each call of a batch counts", async () => {
  const { token } = await person("admin");
  const headers = { authorization: `Bearer ${token}` };
  const get = (path: string) => fetch(there.url + path, { headers });
  const batch = (size: number) => {
    const input = JSON.stringify({ ...Array(size).fill({ organizationId: world.id }) });
    const paths = Array(size).fill("org.domains.list").join(",");
    return get(`/trpc/${paths}?batch=1&input=${encodeURIComponent(input)}`);
  };
  expect((await get(`/organizations/${world.id}/audit.ndjson`)).status).toBe(200);
  expect((await get(`/organizations/${world.id}/connections`)).status).toBe(200);
  expect((await ask(there, "org.members.list", token)).outcome).toBe("OK");
  for (let n = 0; n < 11; n += 1) expect((await batch(10)).status).toBe(200);
  expect((await (await batch(10)).text()).match(/"RATE_LIMITED"/g)).toHaveLength(3);
  for (const path of ["audit.ndjson", "audit", "domains"]) {
    const limited = await get(`/organizations/${world.id}/${path}`);
    expect([limited.status, await limited.text()]).toEqual([429, expect.stringContaining("RATE_LIMITED")]);
    expect(limited.headers.get("retry-after")).toMatch(/^([1-9]|[1-5]\d|60)$/);
  }
  const limited = await ask(there, "org.members.list", token);
  expect(limited).toMatchObject({ outcome: "RATE_LIMITED", status: 429, retryAfter: expect.any(String) });
  expect((await ask(there, "org.get", token)).outcome).toBe("OK");
  expect((await ask(here, "org.members.list", token)).outcome).toBe("OK");
});
