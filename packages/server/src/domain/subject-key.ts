/** The issuer's key of a user within one tenant. */
export interface SubjectKey {
  readonly tenant: string;
  readonly subject: string;
}

export function isSameSubject(one: SubjectKey, { tenant, subject }: SubjectKey): boolean {
  return one.tenant === tenant && one.subject === subject;
}
