import type { PlatformClient } from "@platform-api/client";
import { describe, expect, it } from "vitest";
import { clientOf, refused } from "./callers.ts";
import { PEOPLE, type Person } from "./personas.ts";
import type { RunningPlatform } from "./platforms.ts";

const WONKA = { organizationId: "wonka" };
const DOMAIN = "wonka-labs.example";
const RECORD_NAME = `_platform-api.${DOMAIN}`;

type Domains = PlatformClient["org"]["domains"];
type Domain = Awaited<ReturnType<Domains["check"]["mutate"]>>;

/** How an organization proves its domains, for the server and for the handlers alike. */
export function describeDomains(running: () => RunningPlatform): void {
  describe("for domains", () => {
    const as = async (person: Person) => (await clientOf(running(), person)).org;
    const claim = async () =>
      (await as("chief")).domains.claim.mutate({ ...WONKA, domain: "Wonka-Labs.Example" });
    /** Checks until the answer is the expected one: within a second the last finding is answered. */
    const finds = async (expected: Partial<Domain>) => {
      const { domains } = await as("chief");
      const check = () => domains.check.mutate({ ...WONKA, domain: DOMAIN });
      await expect.poll(check, { timeout: 5_000, interval: 300 }).toMatchObject(expected);
    };
    const found = (kind: string, values: readonly string[]) =>
      expect.objectContaining({ kind, values, seenBy: 0, resolvers: expect.any(Number) });
    const OPERATORS = {
      domain: "wonka.example",
      state: "verified",
      verifiedBy: "operator",
      record: null,
      found: null,
      checkedAt: null,
      lapsesAt: null,
    };

    it("are claimed, then proved by their record, and given up", async () => {
      const [chief, founder] = [await as("chief"), await as("founder")];
      const claimed = await claim();
      expect(claimed).toEqual({
        domain: DOMAIN,
        state: "pending",
        verifiedBy: null,
        record: {
          type: "TXT",
          host: "_platform-api",
          name: RECORD_NAME,
          value: expect.stringMatching(/^platform-api-domain=[0-9a-f]{32}$/),
        },
        found: null,
        checkedAt: null,
        lapsesAt: null,
      });
      expect(await claim()).toEqual(claimed);
      await expect.poll(() => chief.domains.list.query(WONKA)).toEqual([claimed, OPERATORS]);

      const value = claimed.record?.value ?? "";
      await finds({ state: "pending", checkedAt: expect.any(String), found: found("nothing", []) });
      running().setTxt(RECORD_NAME, "platform-api-domain=another");
      await finds({ state: "pending", found: found("wrongValue", ["platform-api-domain=another"]) });
      running().setTxt(RECORD_NAME, "another service's", value);
      await finds({ state: "verified", verifiedBy: "dns", record: claimed.record, found: null });
      await finds({ state: "verified" });
      expect(await claim()).toMatchObject({ state: "verified", record: claimed.record });

      const emails = [PEOPLE.successor.email];
      await chief.invitations.create.mutate({ ...WONKA, emails, role: "member" });
      expect(await founder.domains.release.mutate({ ...WONKA, domain: DOMAIN })).toEqual({});
      // Who was invited inside a domain that is not theirs any more is asked.
      const successor = await as("successor");
      const me = await successor.me.query();
      expect([me.organizations, me.invitations.map(({ name }) => name)]).toEqual([[], ["wonka"]]);
      await successor.invitations.decline.mutate(WONKA);
      const gone = chief.domains.check.mutate({ ...WONKA, domain: DOMAIN });
      await expect(gone).rejects.toMatchObject(refused("NOT_FOUND"));
      await expect.poll(() => chief.domains.list.query(WONKA)).toEqual([OPERATORS]);
      // What is not there is released already.
      for (const domain of [DOMAIN, "acme.example", "not a domain"]) {
        expect(await founder.domains.release.mutate({ ...WONKA, domain })).toEqual({});
      }
      const again = await claim();
      expect(again.state).toBe("pending");
      expect(again.record?.value).not.toBe(value);
      await founder.domains.release.mutate({ ...WONKA, domain: DOMAIN });
      const { items } = await chief.audit.list.query({ ...WONKA, order: "newest" });
      const about = items.filter(({ domain }) => domain === DOMAIN).map(({ action }) => action);
      const history = ["claimed", "verified", "released", "claimed", "released"];
      expect(about.toReversed()).toEqual(history.map((each) => `domain-${each}`));
    });

    it.each<[Person, keyof Domains, string, string]>([
      ["worker", "list", "", "ROLE_REQUIRED"],
      ["worker", "claim", DOMAIN, "ROLE_REQUIRED"],
      ["worker", "check", "wonka.example", "ROLE_REQUIRED"],
      ["chief", "release", "wonka.example", "ROLE_REQUIRED"],
      ["founder", "release", "wonka.example", "ROLE_REQUIRED"],
      ["stranger", "claim", DOMAIN, "NOT_A_MEMBER"],
      ["chief", "claim", "localhost", "INPUT_INVALID"],
      ["chief", "claim", "jane@wonka.example", "INPUT_INVALID"],
      ["chief", "claim", "x".repeat(1_001), "INPUT_INVALID"],
      ["chief", "check", "acme.example", "NOT_FOUND"],
      ["chief", "check", "not a domain", "NOT_FOUND"],
    ])("refuse %s who calls %s with %j as %s", async (who, name, domain, reason) => {
      const { domains } = await as(who);
      const call = name === "list" ? domains.list.query(WONKA) : domains[name].mutate({ ...WONKA, domain });
      await expect(call).rejects.toMatchObject(refused(reason));
    });
  });
}
