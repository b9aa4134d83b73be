import { personText } from "../../organization/person-text.ts";

/** A member as a lookup answers them. */
export interface Found {
  readonly userId: string;
  readonly email: string | null;
  readonly name: string | null;
}

/** What somebody is called. The name is what anybody may have called themselves, so it never stands without the address. */
export interface Called {
  readonly name: string | null;
  readonly address: string;
}

/** What a member is called, erased or not. The whole id is in the details of an entry. */
export function calledOf({ userId, email, name }: Found): Called {
  return { name, address: email ?? `Erased ${shortUser(userId).toLowerCase()}` };
}

/** "Ada Turner (ada@acme.example)". */
export function calledText({ name, address }: Called): string {
  return personText(name, address);
}

/** What a user is called who was never a member. */
export function unknown(userId: string): Called {
  return { name: null, address: shortUser(userId) };
}

function shortUser(userId: string): string {
  return `User ${userId.slice(0, "01234567".length)}…`;
}
