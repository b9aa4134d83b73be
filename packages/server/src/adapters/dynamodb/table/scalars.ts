import { z } from "zod";
import {
  parseDomain,
  parseEmail,
  parseOrganizationId,
  parsePersonName,
  parseUserActor,
  parseUserId,
  ROLES,
} from "../../../domain/index.ts";

export const userId = branded(parseUserId);
export const userActor = branded(parseUserActor);
export const organizationId = branded(parseOrganizationId);
export const email = branded(parseEmail);
/** One that a later rule does not take for a name counts as none: nobody must become unreadable by it. */
export const personName = z.string().nullable().transform(parsePersonName);
export const role = z.enum(ROLES);
export const instant = z.iso.datetime();
export const domainName = branded(parseDomain);

/** A string that only the domain's own parse function turns into its branded type. */
function branded<T extends string>(parse: (text: string) => T | null) {
  return z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== null) return value;
    context.addIssue("not in canonical form");
    return z.NEVER;
  });
}
