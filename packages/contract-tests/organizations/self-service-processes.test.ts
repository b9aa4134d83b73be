import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { selfServiceOfTests, stackOfTests } from "../simulator/of-tests.ts";
import {
  answered,
  discovered,
  enabledConnection,
  judged,
  type OwnOrganization,
  ownOrganizations,
  provedDomain,
  signInThrough,
} from "../simulator/own-organizations.ts";
import type { Server } from "../simulator/stack.ts";

/** Long enough that what a process has just read is still cached when it is asked again. */
const CACHE_MS = 4_000;

const upstreams = selfServiceOfTests();
const stack = stackOfTests({ organizations: [], settings: () => upstreams.settings });
/** Two processes with caches on the same store. */
let here: Server;
let there: Server;
let organizations: OwnOrganization[];

beforeAll(async () => {
  const cached = { IDENTITY_CACHE_MS: String(CACHE_MS), MEMBERSHIP_CACHE_MS: String(CACHE_MS) };
  [here, there] = await Promise.all([stack.another(cached), stack.another(cached)]);
  organizations = await ownOrganizations(stack, 3);
});

/** A connection, somebody who has signed in through it, and how both processes see them. */
async function world() {
  const organization = organizations.pop();
  if (organization === undefined) throw new Error("every organization is used");
  const domain = await provedDomain(organization, upstreams.dns);
  const { name } = await enabledConnection(organization);
  const known = await signInThrough(stack, { name }, `known@${domain}`);
  /** What becomes of a known person, of somebody new, and of the login page. */
  const seenBy = async ({ url }: Server) => {
    const email = `new-${Math.random().toString(36).slice(2)}@${domain}`;
    const newcomer = await signInThrough(stack, { name }, email);
    const logins = [await judged(url, known), await judged(url, newcomer)];
    return [...logins, await discovered(url, domain)];
  };
  return { organization, domain, name, seenBy };
}

interface Change {
  readonly path: string;
  readonly input: (name: string, domain: string) => object;
  /** What becomes of somebody who has signed in before. */
  readonly known: string;
  /** Takes the change back, here. */
  readonly back?: (organization: OwnOrganization, name: string) => Promise<unknown>;
}

const update = (name: string, enabled: boolean) => ({ name, enabled });

describe("a change takes effect at once in its process, and in another one within the cache's time:", () => {
  it.concurrent.each<[string, Change]>([
    [
      "a connection that is switched off",
      {
        path: "connections.update",
        input: (name) => update(name, false),
        known: "DOMAIN_NOT_ALLOWED",
        back: ({ ask }, name) => answered(ask("connections.update", update(name, true), here.url)),
      },
    ],
    [
      "a connection that is removed",
      { path: "connections.remove", input: (name) => ({ name }), known: "DOMAIN_NOT_ALLOWED" },
    ],
    [
      "a domain that is released",
      {
        path: "domains.release",
        input: (_, domain) => ({ domain }),
        known: "OK", // the link stays
        back: (organization) => provedDomain(organization, upstreams.dns, here.url),
      },
    ],
  ])("%s", async (_, { path, input, known, back }) => {
    const { organization, domain, name, seenBy } = await world();
    const before = ["OK", "OK", [name]];
    const after = [known, "DOMAIN_NOT_ALLOWED", []];
    for (const server of [here, there]) expect(await seenBy(server)).toEqual(before);
    await answered(organization.ask(path, input(name, domain), here.url));
    const changedMs = performance.now();
    // A first login is judged by what is stored: it stores a link.
    expect(await seenBy(there)).toEqual(["OK", "DOMAIN_NOT_ALLOWED", [name]]);
    expect(await seenBy(here)).toEqual(after);
    await sleep(changedMs + CACHE_MS - performance.now());
    expect(await seenBy(there)).toEqual(after);
    if (back === undefined) return;
    expect(await seenBy(here)).toEqual(after); // and it is cached
    await back(organization, name);
    expect(await seenBy(here)).toEqual(before);
  });
});
