import { reasonOf } from "@platform-api/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startFaultProxy } from "../simulator/fault-proxy.ts";
import { only, reset } from "../simulator/faults.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";
import type { Server } from "../simulator/stack.ts";

const stack = stackOfTests();
const login = logins(stack);

const validate = async (token: string | Promise<string>) => stack.client(await token).auth.validate.query();

async function entries(...args: string[]): Promise<Record<string, unknown>[]> {
  const { output } = await stack.cli("audit", "list", "--json", ...args);
  return JSON.parse(output).entries;
}

it("audit list starts at a time or a date and prints a table or JSON", async () => {
  const { userId } = await validate(login.entra(`${fresh("since")}@acme.example`));
  const all = await entries();
  const last = all.findLastIndex((entry) => entry.userId === userId);
  const from = String(all[last]?.at);
  expect((await entries("--since", from)).every(({ at }) => String(at) >= from)).toBe(true);
  expect(await entries("--since", from)).not.toEqual(all);
  expect(await entries("--since", from.slice(0, 10))).toEqual(all);
  const { output } = await stack.cli("audit", "list");
  expect(output).toMatch(
    /^AT +BY +VIA +ACTION +RULE +USER ID +ORGANIZATION +CONNECTION +SUBJECT +SEAT HELD BY +BATCH\n/,
  );
  expect(output).toMatch(
    new RegExp(`login +spa +identity-linked +verified-domain +${userId} +acme +acme-entra`),
  );
});

it("audit list prints a page of an organization's entries, how to go on, and whose they are", async () => {
  const { userId } = await validate(login.entra(`${fresh("page")}@acme.example`));
  const page = ["audit", "list", "--organization", "acme"];
  const read = async (...args: string[]) => JSON.parse((await stack.cli(...page, "--json", ...args)).output);
  const whole = await read("--limit", "100");
  const first = await read("--limit", "2");
  const second = await read("--limit", "2", "--cursor", first.nextCursor);
  expect([...first.items, ...second.items]).toEqual(whole.items.slice(0, 4));
  expect(JSON.stringify(whole)).not.toMatch(/subject|holder|tenant|globex|operator:/);
  const theirs = whole.items.filter((each: { userId: string }) => each.userId === userId);
  expect(await read("--person", userId)).toEqual({ items: theirs, nextCursor: null });
  expect(theirs.length).toBeGreaterThan(0);
  expect((await read("--order", "oldest")).nextCursor).toEqual(expect.any(String));

  const { output } = await stack.cli(...page, "--limit", "1", "--actor", "operator");
  expect(output).toMatch(
    /^AT +BY +VIA +ACTION +RULE +USER ID +CONNECTION +INVITATION +BATCH\n.+ operator .+\n/,
  );
  expect(output).toMatch(/\nFor the next page, run it again with the same options and --cursor [\w-]+\n$/);
  // It is a cursor of another list.
  const cursor = output.trim().split(" ").at(-1) ?? "";
  expect(await stack.cli(...page, "--cursor", cursor)).toMatchObject({ status: 2 });
});

describe("where no audit entry can be written", () => {
  let proxy: Awaited<ReturnType<typeof startFaultProxy>>;
  let server: Server;
  beforeAll(async () => {
    const faulty = only(({ body }) => body.includes("AUDIT#"), reset);
    proxy = await startFaultProxy(stack.environment.DYNAMODB_ENDPOINT ?? "", faulty);
    server = await stack.another({ DYNAMODB_ENDPOINT: proxy.url });
  });
  afterAll(() => proxy.close());
  const logged = (name: string) =>
    stack.log.map((line) => JSON.parse(line)).filter(({ event }) => event === name);
  const reasonFor = async (token: Promise<string>) =>
    server
      .client(await token)
      .auth.validate.query()
      .then(({ userId }) => userId, reasonOf);

  it("a first login is refused, and may be repeated", async () => {
    const email = `${fresh("lost")}@globex.example`;
    expect(await reasonFor(login.saml(email))).toBe("STORE_UNAVAILABLE");
    const subject = "samlp|globex-saml|(an address)";
    expect(logged("audit_unsure")).toMatchObject([
      { level: "error", entry: { action: "identity-linked", subject } },
    ]);
    expect((await stack.cli("identity", "show", `samlp|globex-saml|${email}`)).status).toBe(1);
    const { userId } = await validate(login.saml(email));
    expect(await entries()).toContainEqual(expect.objectContaining({ action: "identity-linked", userId }));
    expect(stack.log.join("")).not.toContain(email);
  });

  it("a conflict is answered, and the lost entry is logged without the address in a subject", async () => {
    const email = `${fresh("lost")}@globex.example`;
    const { userId } = await validate(login.saml(email));
    const another = login.saml(email, `samlp|globex-saml|2${email}`);
    expect(await reasonFor(another)).toBe("IDENTITY_CONFLICT");
    expect(await entries()).not.toContainEqual(
      expect.objectContaining({ action: "identity-conflict", userId }),
    );
    const subject = "samlp|globex-saml|(an address)";
    expect(logged("audit_lost")).toMatchObject([
      { level: "error", entry: { action: "identity-conflict", userId, subject } },
    ]);
    expect(stack.log.join("")).not.toContain(email);
  });
});
