import { describe, expect, it } from "vitest";
import { REASONS, type Reason, Refusal } from "../domain/index.ts";
import { memoryPorts, signedIn, VIA_ACME } from "../domain/testing/memory-ports.ts";
import { claims, JANE } from "../domain/testing/people.ts";
import { introspect } from "./introspection.ts";
import { Sender, type SenderPorts } from "./sender.ts";
import { memorySenderPorts } from "./testing/memory-sender-ports.ts";

const GOOD = { subject: "waad|old", expiresAt: 1_800_000_000.5, issuer: "https://login.acme.example/" };

async function senderOf(
  overrides: Partial<Parameters<typeof claims>[0]>,
  ports: Partial<SenderPorts> = {},
): Promise<Sender> {
  const memory = memoryPorts();
  await signedIn(memory, VIA_ACME);
  const verifier: SenderPorts["verifier"] = {
    recall: () => null,
    remember: () => {},
    verify: async () => claims({ ...GOOD, ...overrides }),
  };
  return new Sender(
    { ...memorySenderPorts(memory), verifier, ...ports },
    {
      rawHeaders: ["authorization", "Bearer caller"],
      trace: { requestId: "request-1", parent: null },
      address: () => "192.0.2.1",
    },
  ).ofToken("token");
}

describe("introspection", () => {
  const active = { active: true, sub: JANE, exp: 1_800_000_000, iss: GOOD.issuer, token_type: "Bearer" };

  it.each([
    ["a user's token", {}, { ...active, client_id: "console" }],
    ["one that names no application", { clientId: null }, active],
    [
      "a delegated one",
      { actor: { subject: null, clientId: "agent" } },
      { ...active, client_id: "console", act: { client_id: "agent" } },
    ],
  ])("says of %s that it is active, and never its subject", async (_, said, expected) => {
    const { answer } = await introspect(await senderOf(said));
    expect(answer).toEqual(expected);
    expect(JSON.stringify(answer)).not.toContain("waad");
  });

  it("says of a machine's token that it is not active, and nothing else", async () => {
    const machine = { subject: "m2m@clients", connection: null, machine: "gty" };
    const { answer, refusal } = await introspect(await senderOf(machine));
    expect(answer).toEqual({ active: false });
    expect(refusal?.reason).toBe("USER_TOKEN_REQUIRED");
  });

  it("says of a token that cannot be one that it is not active", async () => {
    const sender = (await senderOf({})).ofToken("a b");
    expect((await introspect(sender)).answer).toEqual({ active: false });
  });

  const OUTAGES: readonly Reason[] = [
    "KEYS_UNAVAILABLE",
    "DIRECTORY_UNAVAILABLE",
    "AUTH0_UNAVAILABLE",
    "STORE_UNAVAILABLE",
    "OVERLOADED",
    "DRAINING",
    "INTERNAL",
    "RATE_LIMITED",
  ];
  const ABOUT_TOKENS = REASONS.slice(0, REASONS.indexOf("NOT_JOINABLE") + 1);

  it.each(ABOUT_TOKENS)("takes the refusal %s as: not active", async (reason) => {
    const sender = await senderOf(
      {},
      { resolveIdentity: () => Promise.reject(new Refusal(reason, "it is so")) },
    );
    expect(await introspect(sender)).toMatchObject({ answer: { active: false }, refusal: { reason } });
  });

  it.each(OUTAGES)("passes %s on, which says nothing about the token", async (reason) => {
    const sender = await senderOf(
      {},
      { resolveIdentity: () => Promise.reject(new Refusal(reason, "it is so")) },
    );
    await expect(introspect(sender)).rejects.toMatchObject({ reason });
  });

  it("answers no id that is not a UUID", async () => {
    const memory = memoryPorts();
    const identity = { ...(await signedIn(memory, VIA_ACME)), userId: "waad|old" };
    const sender = await senderOf({}, { resolveIdentity: async () => identity as never });
    await expect(introspect(sender)).rejects.toThrow();
  });
});
