import { isOrganizationId } from "../wire/index.ts";

/** The company's own id of a customer organization, chosen by the operator. */
export type OrganizationId = string & { readonly OrganizationId: unique symbol };

/** The id of an organization, which may not exist; null for a text that cannot be one. */
export function parseOrganizationId(text: string): OrganizationId | null {
  return isOrganizationId(text) ? (text as OrganizationId) : null;
}
