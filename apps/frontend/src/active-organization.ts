import type { PlatformClient } from "@platform-api/client";

/** The answer of `org.me`. */
export type Me = Awaited<ReturnType<PlatformClient["org"]["me"]["query"]>>;

/** Where `ssoRequired`, the membership does not count for this sign-in. */
export type MyOrganization = Me["organizations"][number];

/** The organization to work in: the first of the preferred ones that counts, else the first that counts at all. */
export function activeOrganization(
  organizations: readonly MyOrganization[],
  preferences: readonly (string | null)[],
): MyOrganization | null {
  const counting = organizations.filter(({ ssoRequired }) => !ssoRequired);
  const preferred = preferences.flatMap((preference) => counting.filter(({ id }) => id === preference));
  return preferred[0] ?? counting[0] ?? null;
}
