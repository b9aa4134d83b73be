/** An organization as `org.me` lists it. */
export interface MyOrganization {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  /** The membership does not count for this sign-in. */
  readonly ssoRequired: boolean;
}

/** The organization to work in: the person's choice, else that of the token, else the first one that counts. */
export function activeOrganization(
  organizations: readonly MyOrganization[],
  preferences: readonly (string | null)[],
): MyOrganization | null {
  const counting = organizations.filter(({ ssoRequired }) => !ssoRequired);
  for (const preferred of preferences) {
    const found = counting.find(({ id }) => id === preferred);
    if (found) return found;
  }
  return counting[0] ?? null;
}

const keyOf = (userId: string) => `platform.organization.${userId}`;

/** What this person chose last in this browser. */
export function rememberedOrganization(userId: string): string | null {
  return localStorage.getItem(keyOf(userId));
}

export function rememberOrganization(userId: string, organizationId: string): void {
  localStorage.setItem(keyOf(userId), organizationId);
}
