import { expect, it } from "vitest";
import { createIdentityResolver, type UserId } from "./identity.ts";
import type { Organization, Organizations } from "./organization.ts";
import { MemoryIdentities } from "./testing/memory-identities.ts";
import { ACME, claims, ENTRA, JANE, UNBOUNDED } from "./testing/people.ts";

const acme: Organization = {
  ...{ id: ACME, name: "Acme", auth0OrgId: null, jit: true, defaultRole: "member" },
  enforceSso: false,
  trusts: [],
};
const organizations: Organizations = {
  find: async () => acme,
  findByAuth0OrgId: async () => null,
  findConnection: async () => ENTRA,
  listConnections: async () => [ENTRA],
  listByDomain: async () => [acme],
};

it("whoever has less time than the first login they join is told of the directory, and it goes on", async () => {
  const identities = new MemoryIdentities();
  const { promise: user, resolve: answer } = Promise.withResolvers<UserId>();
  const resolve = createIdentityResolver({
    organizations,
    links: identities,
    windows: identities.windows,
    audit: identities,
    directory: { ensureUser: () => user },
    otherStrategies: new Set(),
    trustMode: "enforce",
    wouldRefuse: () => {},
    now: () => new Date(),
  });
  const hasty = new AbortController();
  const opened = resolve(claims(), UNBOUNDED);
  const joined = resolve(claims(), hasty.signal);
  setImmediate(() => hasty.abort());
  await expect(joined).rejects.toMatchObject({ reason: "DIRECTORY_UNAVAILABLE" });
  answer(JANE);
  expect(await opened).toMatchObject({ userId: JANE });
});
