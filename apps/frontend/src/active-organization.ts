/** An organization as `org.me` lists it; where `ssoRequired`, the membership does not count for this sign-in. */
export interface MyOrganization {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly ssoRequired: boolean;
}

/** The organization to work in: the first of the preferred ones that counts, else the first that counts at all. */
export function activeOrganization(
  organizations: readonly MyOrganization[],
  preferences: readonly (string | null)[],
): MyOrganization | null {
  const counting = organizations.filter(({ ssoRequired }) => !ssoRequired);
  const preferred = preferences.find((preference) => counting.some(({ id }) => id === preference));
  return counting.find(({ id }) => id === preferred) ?? counting[0] ?? null;
}
