import { isName } from "../wire/index.ts";

declare const BRAND: unique symbol;

/**
 * What a sign-in calls a person: a text of any tenant, for display beside the address and for search,
 * never to decide. Made by {@link parsePersonName} alone.
 */
export type PersonName = string & { readonly [BRAND]: true };

/** More marks on one letter than any writing has would paint over the rows around it. */
const PILED = /\p{M}{5}/u;

/** The name, or null for anything that people should not be shown as one: too long, not visible, or an address. */
export function parsePersonName(value: unknown): PersonName | null {
  if (typeof value !== "string") return null;
  const name = value.normalize("NFC").trim();
  const isShown = isName("person", name) && !/[@\uff20\ufe6b]/.test(name) && !PILED.test(name);
  return isShown ? (name as PersonName) : null;
}
