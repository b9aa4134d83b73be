/**
 * Compares the cost of pairs of platform-api requests on a running server with embedded stores, one request at a
 * time. The stores and the client share the server's thread, so read the ratios and not the milliseconds.
 *
 *     node packages/contract-tests/bench/requests.bench.ts
 */

import type { PlatformClient } from "@platform-api/client";
import { fresh, logins, ORGANIZATIONS } from "../simulator/people.ts";
import { type Server, type Stack, startStack } from "../simulator/stack.ts";
import { twoOrganizations } from "../simulator/two-organizations.ts";
import { type Ratio, type Side, sideBySide } from "./side-by-side.ts";

interface Comparison {
  readonly title: string;
  readonly a: Side;
  readonly b: Side;
}

const WARMUP_MS = 500;
/** Total run time. The comparisons share what remains after the preparation. */
const ALL_MS = 45_000;
const REMEMBERING = { IDENTITY_CACHE_MS: "60000", MEMBERSHIP_CACHE_MS: "5000" };
const MANY = 100;
const VIEWER = "/docs/swagger-ui-bundle.js";

/** The same request each time. */
const repeated = (name: string, request: () => Promise<boolean>): Side => ({
  name,
  prepare: async () => request,
});

async function checks(stack: Stack, warm: Server): Promise<Comparison[]> {
  const token = await logins(stack).entra(`${fresh("check")}@acme.example`);
  const check = (name: string, { auth }: PlatformClient, organizationId: string) =>
    repeated(name, async () => !(await auth.check.query({ organizationId })).allowed);
  const compare = (caches: string, client: PlatformClient): Comparison => ({
    title: `auth.check, ${caches}: the time must not tell whether an organization exists (near 1, T7D)`,
    a: check("exists, the user is not a member", client, "globex"),
    b: check("does not exist", client, "absent"),
  });
  return [compare("cold caches", stack.client(token)), compare("warm caches", warm.client(token))];
}

async function discoveries(stack: Stack, warm: Server): Promise<Comparison[]> {
  const known = `${fresh("known")}@acme.example`;
  await warm.client(await logins(stack).entra(known)).auth.validate.query();
  const { discover } = warm.client();
  const discovery = (name: string, email: string, method: "sso" | "password") =>
    repeated(name, async () => (await discover.byEmail.mutate({ email })).method === method);
  const unknown = known.replace("known", "other");
  return [
    {
      title: "discover.byEmail, a verified domain: the time must not tell whether a user exists (near 1)",
      a: discovery("existing user", known, "sso"),
      b: discovery("unknown user", unknown, "sso"),
    },
    {
      title: "discover.byEmail, warm caches: a domain that nobody has verified beside a verified one",
      a: discovery("unknown domain", unknown.replace("acme", "none"), "password"),
      b: discovery("verified domain", unknown, "sso"),
    },
  ];
}

async function warmLogins({ issuer }: Stack, warm: Server): Promise<Comparison> {
  const { entra, password } = logins({ issuer });
  const validation = (name: string, token: string) => {
    const { auth } = warm.client(token);
    return repeated(name, async () => (await auth.validate.query()).source === "auth0");
  };
  return {
    title: "auth.validate, warm caches: a user who signed in through SSO beside one with a password",
    a: validation("SSO login", await entra(`${fresh("sso")}@acme.example`)),
    b: validation("password login", await password(`${fresh("password")}@acme.example`)),
  };
}

async function firstLogins(stack: Stack, warm: Server): Promise<Comparison> {
  const own = twoOrganizations(stack);
  await own.apply({ y: { domains: [] } });
  const shared = twoOrganizations(stack);
  await shared.apply({ y: { trusts: [shared.id.x] } });
  const login = (name: string, { sso, domain, id }: typeof own): Side => ({
    name,
    async prepare() {
      const { auth } = warm.client(await sso("x", `${fresh("first")}@${domain}`));
      return async () => (await auth.validate.query()).organizationId === id.x;
    },
  });
  return {
    title: "auth.validate, first SSO login: a domain of its own beside a shared one with declared trusts",
    a: login("own domain", own),
    b: login("shared domain", shared),
  };
}

async function memberships(stack: Stack, warm: Server): Promise<Comparison> {
  const emails = { one: `${fresh("one")}@freelance.example`, many: `${fresh("many")}@freelance.example` };
  const invited = (index: number) => (index === 0 ? Object.values(emails) : [emails.many]);
  await stack.applyOrganizations(
    Array.from({ length: MANY }, (_, index) => ({
      id: `customer-${index}`,
      name: `Customer ${index}`,
      jit: false,
      defaultRole: "member",
      domains: [],
      members: invited(index).map((email) => ({ email, role: "member" })),
    })),
  );
  const me = async (email: string, count: number) => {
    const { org } = warm.client(await logins(stack).password(email));
    const request = async () => (await org.me.query()).organizations.length === count;
    return repeated(`member of ${count}`, request);
  };
  return {
    title: "org.me: a user who is a member of one organization beside a member of a hundred",
    a: await me(emails.one, 1),
    b: await me(emails.many, MANY),
  };
}

async function viewer(stack: Stack, warm: Server): Promise<Comparison> {
  const token = await logins(stack).entra(`${fresh("docs")}@acme.example`);
  const download = async ({ url }: Server) => {
    const response = await fetch(`${url}${VIEWER}`);
    return (await response.bytes()).length > 1_000_000;
  };
  const side = (name: string, server: () => Promise<Server>): Side => ({
    name,
    async prepare() {
      const asked = await server();
      await asked.client(token).auth.validate.query(); // loads the keys and opens the connection
      return () => download(asked);
    },
  });
  for (let count = 1; count < 100; count++) await download(warm);
  return {
    title: "/docs, the viewer's script: the first request to a server beside the 100th and later ones",
    a: side("first request", () => stack.another({})),
    b: side("100th request", async () => warm),
  };
}

function report({ title, a, b }: Comparison, { rounds, aMs, bMs, quartiles }: Ratio): string {
  const [lower, ratio, upper] = quartiles.map((value) => value.toFixed(2));
  const times = `${a.name} ${aMs.toFixed(2)} ms, ${b.name} ${bMs.toFixed(2)} ms`;
  return `${title}\n  ${ratio} ×  (half of ${rounds} rounds: ${lower} to ${upper})   ${times}\n`;
}

function progress(text: string): void {
  process.stderr.write(`${text} …\n`);
}

async function compare(stack: Stack): Promise<void> {
  await stack.applyOrganizations(ORGANIZATIONS);
  const warm = await stack.another(REMEMBERING);
  const comparisons = [
    ...(await checks(stack, warm)),
    ...(await discoveries(stack, warm)),
    await warmLogins(stack, warm),
    await firstLogins(stack, warm),
    await memberships(stack, warm),
    await viewer(stack, warm),
  ];
  process.stdout.write(`\nhow many times as long the first takes as the second, Node ${process.version}\n\n`);
  const nowMs = () => performance.now();
  for (const [index, comparison] of comparisons.entries()) {
    progress(`measuring ${index + 1} of ${comparisons.length}`);
    const shareMs = (ALL_MS - nowMs()) / (comparisons.length - index);
    const limits = { warmupMs: WARMUP_MS, measureMs: shareMs - WARMUP_MS, nowMs };
    process.stdout.write(report(comparison, await sideBySide(comparison.a, comparison.b, limits)));
  }
}

progress("starting platform-api");
const stack = await startStack({}, null);
try {
  await compare(stack);
} finally {
  await stack.close();
}
