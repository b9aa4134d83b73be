import { expect, it } from "vitest";
import { CHANGES } from "./changes.ts";
import { startWorld } from "./world.ts";

/** What becomes of a standing by a change of {@link CHANGES}. */
const STANDINGS: Readonly<Record<string, string>> = {
  "a member is removed": "MEMBERSHIP_REMOVED",
  "a role changes": "ROLE_REQUIRED",
  "a user is blocked": "IDENTITY_BLOCKED",
  "an event blocks a subject": "IDENTITY_BLOCKED",
  "a subject is deleted at the identity provider": "TOKEN_REVOKED",
  "a user signs out everywhere": "TOKEN_REVOKED",
  "a subject is relinked to another user": "NOT_A_MEMBER",
  "a subject is unlinked, and its next login finds another user": "NOT_A_MEMBER",
  "a connection is deregistered": "SSO_REQUIRED",
  "a connection moves to another organization": "SSO_REQUIRED",
  "an organization starts to enforce SSO": "SSO_REQUIRED",
  "a session ends": "active",
};
/** One of each cache. */
const WITHOUT_POLLS = [
  "a member is removed",
  "a user is blocked",
  "a subject is deleted at the identity provider",
  "a connection is deregistered",
  "an organization starts to enforce SSO",
];

/** Within these times a change of the store is seen. */
it.concurrent.each([
  ["notified of changes", 2_000, Object.keys(STANDINGS)],
  ["while polls fail", 5_000, WITHOUT_POLLS],
])(
  "%s, a process answers each standing as it is in time, and as it was until then",
  async (_, mostMs, names) => {
    const changes = new Map(CHANGES);
    for (const name of names) {
      const change = changes.get(name) ?? expect.fail(`no change is named: ${name}`);
      const world = await startWorld();
      try {
        const ask = () => world.cached.standingOf(change.of);
        expect([name, await ask()]).toEqual([name, "active"]);
        await world.advance(1_500);
        await change.happens(world);
        world.commit();
        if (names === WITHOUT_POLLS) world.failPolls();
        expect([name, await ask()]).toEqual([name, "active"]);
        await world.advance(mostMs);
        expect([name, await ask()]).toEqual([name, STANDINGS[name]]);
      } finally {
        await world.close();
      }
    }
  },
);
