import { expect, it } from "vitest";
import { createIdentityResolver, type UserId } from "./identity.ts";
import { MemoryIdentities } from "./testing/memory-identities.ts";
import { acmeAlone, claims, JANE, SETTINGS, UNBOUNDED } from "./testing/people.ts";

it("whoever has less time than the first login they join is told of the directory, and it goes on", async () => {
  const identities = new MemoryIdentities();
  const organizations = acmeAlone();
  const { promise: user, resolve: answer } = Promise.withResolvers<{ userId: UserId; created: boolean }>();
  const resolve = createIdentityResolver({
    ...SETTINGS,
    organizations,
    stored: organizations,
    speakers: identities.speakers,
    links: identities,
    windows: identities.windows,
    audit: identities,
    directory: { ensureUser: () => user },
    wouldRefuse: () => {},
    now: () => new Date(),
  });
  const hasty = new AbortController();
  const opened = resolve(claims(), UNBOUNDED);
  const joined = resolve(claims(), hasty.signal);
  setImmediate(() => hasty.abort());
  await expect(joined).rejects.toMatchObject({ reason: "DIRECTORY_UNAVAILABLE" });
  answer({ userId: JANE, created: true });
  expect(await opened).toMatchObject({ userId: JANE });
});
