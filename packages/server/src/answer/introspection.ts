import { z } from "zod";
import { type Reason, Refusal } from "../domain/index.ts";
import { answerOf } from "../wire/index.ts";
import type { Sender } from "./sender.ts";
import { userIdSchema } from "./user.ts";

/** What a proxy or a framework is told about a token that is good (RFC 7662 §2.2). It names no organization and no address. */
export const activeToken = z.object({
  active: z.literal(true),
  sub: userIdSchema,
  client_id: z.string().describe("The application that the token was issued to, if it says so").optional(),
  act: z
    .object({
      client_id: z.string().describe("The application of who acts, if the token says so").optional(),
      sub: userIdSchema.describe("The user who acts, if they are known here").optional(),
    })
    .describe("Only where somebody acts for the user with a delegated token (RFC 8693 §4.1)")
    .optional(),
  exp: z.int().describe("When the token expires, in seconds since 1970"),
  iss: z.string().describe("Who has signed the token"),
  token_type: z.literal("Bearer"),
});

/** All that is said about any other token. */
export const inactiveToken = z.object({ active: z.literal(false) });

/** What is known of a token that somebody else sends. */
export type Introspection =
  | { readonly answer: z.input<typeof activeToken>; readonly refusal: null }
  | { readonly answer: z.input<typeof inactiveToken>; readonly refusal: Refusal };

/**
 * Whether the sender's token would be answered with its user, and who that is.
 * @throws what says nothing about the token: an outage never makes it inactive
 */
export async function introspect(sender: Sender): Promise<Introspection> {
  try {
    const { identity } = await sender.user();
    const { userId, claims, actor } = identity;
    const act = actor === null ? undefined : actingOf(actor);
    const answer = activeToken.parse({
      active: true,
      sub: userId,
      client_id: claims.clientId ?? undefined,
      act,
      exp: Math.floor(claims.expiresAt),
      iss: claims.issuer,
      token_type: "Bearer",
    });
    return { answer, refusal: null };
  } catch (error) {
    if (error instanceof Refusal && isAboutToken(error.reason))
      return { answer: inactiveToken.parse({ active: false }), refusal: error };
    throw error;
  }
}

function actingOf({
  clientId,
  userId,
}: {
  readonly clientId: string | null;
  readonly userId: string | null;
}) {
  return { client_id: clientId ?? undefined, sub: userId ?? undefined };
}

/** The token was not accepted, or its user is refused. */
function isAboutToken(reason: Reason): boolean {
  const { code } = answerOf(reason);
  return code === "UNAUTHORIZED" || code === "FORBIDDEN" || reason === "CREDENTIALS_CONFLICT";
}
