import type { PlatformClient } from "@platform-api/client";
import { describe, expect, it } from "vitest";
import { clientOf, refused } from "./callers.ts";
import type { Person } from "./personas.ts";
import type { RunningPlatform } from "./platforms.ts";

const WONKA = { organizationId: "wonka" };
const OKTA = { ...WONKA, name: "wonka-okta" };
const UNKNOWN = { ...WONKA, name: "wonka-k3v9q2xw" };
const OPERATORS = {
  name: OKTA.name,
  strategy: "okta",
  displayName: "Wonka",
  state: "enabled",
  waitingFor: null,
  testedAt: null,
  origin: "operator",
};

type Call = (connections: PlatformClient["org"]["connections"]) => Promise<unknown>;

/** How an organization administers its SSO, for the server and for the handlers alike. */
export function describeConnections(running: () => RunningPlatform): void {
  describe("for connections", () => {
    const as = async (person: Person) => (await clientOf(running(), person)).org;

    it("show what an operator has registered", async () => {
      const { connections } = await as("chief");
      expect(await connections.list.query(WONKA)).toEqual([OPERATORS]);
      expect(await connections.get.query(OKTA)).toEqual(OPERATORS);
    });

    it("are tested by a fresh token of theirs, and only then SSO can be enforced", async () => {
      const [{ connections }, founder] = [await as("chief"), await as("founder")];
      const enforce = (enforceSso: boolean) => founder.update.mutate({ ...WONKA, enforceSso });
      await expect(enforce(true)).rejects.toMatchObject(refused("NOT_READY"));
      const unknown = await connections.test.mutate({ ...OKTA, token: "no-token" });
      expect([unknown.passed, unknown.steps.at(-1)?.ok]).toEqual([false, false]);
      for (const person of ["chief", "boss"] as const) {
        const token = await running().tokenOf(person);
        expect(await connections.test.mutate({ ...OKTA, token })).toEqual({
          passed: false,
          steps: [
            { rule: expect.any(String), ok: false, saw: expect.any(String), fix: expect.stringMatching(/./) },
          ],
        });
      }
      const test = await connections.test.mutate({ ...OKTA, token: await running().tokenOf("founder") });
      expect(test.passed).toBe(true);
      expect(test.steps.every(({ ok, fix }) => ok && fix === "")).toBe(true);
      const { testedAt } = await connections.get.query(OKTA);
      expect(Date.now() - Date.parse(testedAt ?? "")).toBeLessThan(60_000);
      // By password: it would lock them out.
      const other = (await as("cofounder")).update.mutate({ ...WONKA, enforceSso: true });
      await expect(other).rejects.toMatchObject(refused("NOT_READY"));
      expect(await enforce(true)).toMatchObject({ enforceSso: true });
      expect(await enforce(false)).toMatchObject({ enforceSso: false });
    });

    const beginning =
      (displayName: string): Call =>
      ({ begin }) =>
        begin.mutate({ ...WONKA, displayName });
    const testing =
      (connection: typeof OKTA, token: string): Call =>
      ({ test }) =>
        test.mutate({ ...connection, token });

    it.each<[Person, string, Call, string]>([
      ["worker", "lists", ({ list }) => list.query(WONKA), "ROLE_REQUIRED"],
      ["stranger", "shows", ({ get }) => get.query(OKTA), "NOT_A_MEMBER"],
      ["chief", "shows an unknown", ({ get }) => get.query(UNKNOWN), "NOT_FOUND"],
      ["chief", "shows another's", ({ get }) => get.query({ ...WONKA, name: "acme-entra" }), "NOT_FOUND"],
      ["chief", "begins", beginning("SSO"), "ROLE_REQUIRED"],
      ["founder", "begins with a link", beginning("https://evil.example"), "INPUT_INVALID"],
      ["chief", "switches off", ({ update }) => update.mutate({ ...OKTA, enabled: false }), "ROLE_REQUIRED"],
      [
        "founder",
        "switches off",
        ({ update }) => update.mutate({ ...OKTA, enabled: false }),
        "ROLE_REQUIRED",
      ],
      ["founder", "renames", ({ update }) => update.mutate({ ...OKTA, displayName: "A" }), "ROLE_REQUIRED"],
      [
        "founder",
        "renames an unknown",
        ({ update }) => update.mutate({ ...UNKNOWN, displayName: "A" }),
        "NOT_FOUND",
      ],
      ["chief", "removes", ({ remove }) => remove.mutate(OKTA), "ROLE_REQUIRED"],
      ["founder", "removes", ({ remove }) => remove.mutate(OKTA), "ROLE_REQUIRED"],
      ["founder", "removes an unknown", ({ remove }) => remove.mutate(UNKNOWN), "NOT_FOUND"],
      ["chief", "tests an unknown", testing(UNKNOWN, "no-token"), "NOT_FOUND"],
      ["chief", "tests without a token", testing(OKTA, ""), "INPUT_INVALID"],
      ["chief", "tests with too long a token", testing(OKTA, "x".repeat(8_193)), "INPUT_INVALID"],
    ])("registered by an operator refuse %s who %s", async (who, _, call, reason) => {
      await expect(call((await as(who)).connections)).rejects.toMatchObject(refused(reason));
    });

    it("are set up, switched and removed", async () => {
      const [chief, founder] = [await as("chief"), await as("founder")];
      const begin = () => founder.connections.begin.mutate({ ...WONKA, displayName: "Wonka Entra" });
      const { setupUrl, setupExpiresAt, ...begun } = await begin();
      expect(new URL(setupUrl).protocol).toMatch(/^https?:$/);
      expect(Date.parse(setupExpiresAt)).toBeGreaterThan(Date.now());
      expect(begun).toEqual({
        name: expect.stringMatching(/^wonka-[a-z0-9]{8}$/),
        strategy: null,
        displayName: "Wonka Entra",
        state: "pending",
        waitingFor: null,
        testedAt: null,
        origin: "self-service",
      });
      await expect(begin()).rejects.toMatchObject(refused("CONFLICT"));
      const own = { ...WONKA, name: begun.name };
      const waiting = { ...begun, waitingFor: "connection" };
      expect(await chief.connections.get.query(own)).toEqual(waiting);
      const token = await running().tokenOf("founder");
      const early = chief.connections.test.mutate({ ...own, token });
      await expect(early).rejects.toMatchObject(refused("NOT_READY"));
      await running().setUp({ name: begun.name, setupUrl });
      const enabled = { ...begun, strategy: "samlp", state: "enabled", waitingFor: null };
      // Auth0 is asked at most every five seconds.
      const get = () => chief.connections.get.query(own);
      await expect.poll(get, { timeout: 10_000, interval: 500 }).toEqual(enabled);
      await expect.poll(() => chief.connections.list.query(WONKA)).toContainEqual(enabled);
      const update = (change: { displayName?: string; enabled?: boolean }) =>
        founder.connections.update.mutate({ ...own, ...change });
      expect(await update({ displayName: "Entra" })).toEqual({ ...enabled, displayName: "Entra" });
      expect(await update({ enabled: false })).toMatchObject({ state: "disabled" });
      expect(await update({ enabled: true })).toMatchObject({ state: "enabled", displayName: "Entra" });
      expect(await founder.connections.remove.mutate(own)).toEqual({});
      await expect(get()).rejects.toMatchObject(refused("NOT_FOUND"));
      expect(await founder.connections.remove.mutate(own)).toEqual({});
    });
  });
}
