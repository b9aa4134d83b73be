import type { PlatformClient } from "@platform-api/client";

/** The answer of `org.me`. */
export type Me = Awaited<ReturnType<PlatformClient["org"]["me"]["query"]>>;

/** If `ssoRequired`, the membership does not count for this sign-in. */
export type MyOrganization = Me["organizations"][number];

/** The first preferred organization whose membership counts, or else the first that counts. */
export function activeOrganization(
  organizations: readonly MyOrganization[],
  preferences: readonly (string | null)[],
): MyOrganization | null {
  const counting = organizations.filter(({ ssoRequired }) => !ssoRequired);
  const preferred = preferences.flatMap((preference) => counting.filter(({ id }) => id === preference));
  return preferred[0] ?? counting[0] ?? null;
}
