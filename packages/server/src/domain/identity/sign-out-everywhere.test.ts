import { beforeEach, expect, it, vi } from "vitest";
import { Refusal } from "../refusal.ts";
import type { TenantUsers } from "../revocation/tenant-users.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { claims, JANE, link, UNBOUNDED } from "../testing/people.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { endSessionsOf, signOutEverywhere } from "./sign-out-everywhere.ts";

const NOW_SECONDS = 1_790_000_000;

let stores: MemoryAdministration;
/** What happens, in order: what is stored, and whose access is revoked. */
let steps: string[];
beforeEach(() => {
  stores = new MemoryAdministration();
  stores.identities.storeNow = () => new Date(NOW_SECONDS * 1_000 + 400);
  stores.identities.put(link({ subject: "waad|old" }));
  steps = [];
});

/** The identity provider, which answers three seconds later. */
function users(answer: () => Promise<void>): TenantUsers {
  return {
    tenant: "default",
    findUser: async () => "gone",
    async revokeAccess(subject) {
      steps.push(`${stores.identities.signOuts.get(JANE)?.notBefore} ${subject}`);
      stores.identities.storeNow = () => new Date((NOW_SECONDS + 3) * 1_000);
      return answer();
    },
  };
}

function signOut(tenantUsers: TenantUsers | null, token: Partial<VerifiedClaims> = {}) {
  const caller = { userId: JANE, claims: claims({ issuedAt: NOW_SECONDS - 600, ...token }) };
  return signOutEverywhere(caller, { ...stores, tenantUsers }, UNBOUNDED);
}

const answers = () => Promise.resolve();
const isSilent = () => Promise.reject(new Refusal("AUTH0_UNAVAILABLE", "it does not answer"));

it.each<[string, TenantUsers["revokeAccess"] | null, Partial<VerifiedClaims>, object]>([
  ["without the second application", null, {}, { notBefore: NOW_SECONDS, sessions: "remaining" }],
  ["and again after the sessions end", answers, {}, { notBefore: NOW_SECONDS + 3, sessions: "ended" }],
  ["and again after no answer", isSilent, {}, { notBefore: NOW_SECONDS + 3, sessions: "unknown" }],
  ["with a token of this second", null, { issuedAt: NOW_SECONDS }, { notBefore: NOW_SECONDS }],
  ["with a token ahead of the store", null, { issuedAt: NOW_SECONDS + 9 }, { notBefore: NOW_SECONDS + 9 }],
])("signs out everywhere %s", async (_, revokeAccess, token, expected) => {
  const findSignOut = vi.spyOn(stores.identities, "findSignOut");
  const listByUser = vi.spyOn(stores.identities, "listByUser");
  const answer = await signOut(revokeAccess && users(() => revokeAccess("", UNBOUNDED)), token);
  const reads = [findSignOut.mock.calls.length, listByUser.mock.calls.length];
  expect(reads).toEqual(revokeAccess === null ? [1, 0] : [2, 1]);
  expect(answer).toMatchObject(expected);
  const { notBefore } = answer;
  expect(stores.identities.signOuts.get(JANE)).toMatchObject({ userId: JANE, notBefore });
  expect(stores.identities.entries.at(-1)).toMatchObject({
    actor: `user:${JANE}`,
    action: "identity-signed-out",
    source: "user",
    via: claims().clientId,
    userId: JANE,
  });
});

it.each<[string, Partial<VerifiedClaims>, string[]]>([
  ["each linked subject of the tenant, after the tokens", {}, ["waad|old", "auth0|jane"]],
  ["a subject whose link is not listed yet", { subject: "waad|new" }, ["waad|new", "waad|old", "auth0|jane"]],
  [
    "no subject of a legacy token, though Auth0's tenant may be named like its own",
    { source: "platform", tenant: "default", subject: JANE },
    ["waad|old", "auth0|jane"],
  ],
])("revokes the access of %s", async (_, token, subjects) => {
  stores.identities.put(link({ subject: "auth0|jane" }));
  stores.identities.put(link({ subject: "waad|test", tenant: "test" }));
  await signOut(users(answers), token);
  expect(steps).toEqual(subjects.map((subject) => `${NOW_SECONDS} ${subject}`));
});

it("does not say that all sessions end where one of two subjects is not answered", async () => {
  stores.identities.put(link({ subject: "auth0|jane" }));
  const answer = await signOut(users(() => (steps.length > 1 ? isSilent() : answers())));
  expect([answer.sessions, steps.length]).toEqual(["unknown", 2]);
});

it("leaves the sessions of a subject where nobody can end them", async () => {
  expect(await endSessionsOf([link({})], { tenantUsers: null }, UNBOUNDED)).toBe("remaining");
});

it("leaves the sessions of somebody whom the tenant does not know, and fails only with the store", async () => {
  stores.identities.links.clear();
  const legacy = { source: "platform", tenant: "platform" } as const;
  expect(await signOut(users(answers), legacy)).toMatchObject({ sessions: "remaining" });
  expect(steps).toEqual([]);
  const outage = new Refusal("STORE_UNAVAILABLE", "down");
  await expect(signOut(users(() => Promise.reject(outage)))).rejects.toBe(outage);
});
