import { z } from "zod";
import {
  type ActiveOrganization,
  type CachedRead,
  type Identity,
  loginIdOf,
  type OrganizationId,
  type Service,
  type VerifiedClaims,
} from "../domain/index.ts";
import { isUserId, USER_ID_PATTERN } from "../wire/index.ts";

/** Who sends tokens that say the same, by all that was read to know it; by nothing if it must not be remembered. */
export interface Person extends Pick<User, "identity" | "organization"> {
  readonly reads: readonly CachedRead[];
  /** {@link User.validation} of a token with these times. */
  validationUntil(times: Pick<VerifiedClaims, "issuedAt" | "expiresAt">): string;
}

/** The user of a token, as remembered with the token. */
export interface User {
  readonly identity: Identity;
  /** The organization of the token, if the user is an active member there. */
  readonly organization: ActiveOrganization | null;
  /** The answer of `auth.validate`, checked by its schema, as JSON in ASCII. */
  readonly validation: string;
}

/** Whose token it is. Only a user has a user id. */
export type Principal =
  | { readonly kind: "user"; readonly user: User }
  | { readonly kind: "service"; readonly service: Service };

/** The last check: an answer whose `userId` is not a canonical UUID is never sent, whatever a procedure did. */
export const userIdSchema = z.string().refine(isUserId, { error: "not a user id" }).meta({
  description: "The company's own id of the user: a lower-case UUID",
  pattern: USER_ID_PATTERN,
});

/** Who acts for the user with a delegated token. */
export const actorSchema = z
  .object({
    clientId: z.string().nullable().describe("The application; null if the token does not say"),
    userId: userIdSchema.nullable().describe("The user who acts; null unless they are known here"),
  })
  .nullable()
  .describe("Who acts for the user (an agent, support staff); null for the user's own token");

export const validation = z.object({
  userId: userIdSchema,
  email: z
    .string()
    .nullable()
    .describe("The address of the token; null unless it is trusted on this request"),
  source: z.enum(["auth0", "platform", "test"]).describe("The kind of issuer that signed the token"),
  clientId: z.string().nullable().describe("The application that the token was issued to, if it says so"),
  actor: actorSchema,
  organizationId: z
    .string()
    .nullable()
    .describe("The organization of the token, if the user is an active member there; null otherwise"),
  loginId: z
    .string()
    .nullable()
    .describe(
      "Names this sign-in of the user to `auth.standings`: opaque, and the same for each of its tokens; null for a legacy token",
    ),
  issuedAt: z.iso.datetime().describe("When the token was issued, in UTC, in whole seconds"),
  expiresAt: z.iso.datetime().describe("When the token expires, in UTC"),
});

/** The part that all tokens of a person share. */
const lasting = validation.omit({ issuedAt: true, expiresAt: true });

/**
 * "Whose token is this?" as JSON in ASCII, for the times of each token.
 * @throws {z.ZodError} rather than answering with anything but a user's UUID
 */
export function validationOf(
  { userId, email, claims, actor }: Identity,
  organizationId: OrganizationId | null,
): Person["validationUntil"] {
  const { source, clientId } = claims;
  const loginId = source === "platform" ? null : loginIdOf(claims); // the subject of a legacy token is the UUID
  const answer = lasting.parse({ userId, email, source, clientId, actor, organizationId, loginId });
  const inAscii = JSON.stringify(answer).replaceAll(/[^ -~]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  const begin = inAscii.slice(0, -"}".length);
  return ({ issuedAt, expiresAt }) =>
    `${begin},"issuedAt":"${timeOf(issuedAt)}","expiresAt":"${timeOf(expiresAt)}"}`;
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
