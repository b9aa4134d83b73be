import { z } from "zod";
import { actorSchema, type Principal, userIdSchema, validation } from "../answer/index.ts";
import {
  checkRole,
  LINK_RULES,
  linkOf,
  parseLoginId,
  SESSION_ENDS,
  secondsOf,
  signOutEverywhere,
  standingsOf,
} from "../domain/index.ts";
import { SERVICE_PERMISSIONS, STANDING_REASONS } from "../wire/index.ts";
import {
  authenticatedProcedure,
  identifiedProcedure,
  principalProcedure,
  router,
  serviceProcedure,
} from "./init.ts";
import { organizationIdInput, roleSchema, userIdInput } from "./schemas.ts";

const { organizationId, clientId } = validation.shape;

const principal = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("user"), userId: userIdSchema, organizationId, clientId, actor: actorSchema }),
  z.object({
    kind: z.literal("service"),
    clientId: z.string().describe("The machine's application at the identity provider"),
    permissions: z.array(z.enum(SERVICE_PERMISSIONS)).describe("What operators allow it"),
  }),
]);

const check = z.object({
  allowed: z.boolean().describe("Whether the user has the required role"),
  role: roleSchema.nullable(),
  actor: actorSchema,
});

const link = z.object({
  rule: z.enum(LINK_RULES).describe("What decided at the first sign-in whose UUID it is"),
  connection: z.string().describe("The connection of the first sign-in; `auth0` for a password"),
  linkedAt: z.iso.datetime().describe("When the first sign-in was, in UTC"),
});

const signedOut = z.object({
  notBefore: z.iso
    .datetime()
    .describe("No token counts that was issued until then, in UTC. A new sign-in is accepted a second later"),
  sessions: z
    .enum(SESSION_ENDS)
    .describe(
      "What becomes of the sessions at the identity provider. `ended`: every browser has to sign in again. `remaining`: " +
        "a browser that is signed in there can get a new token by itself. `unknown`: the identity provider did not answer",
    ),
});

const loginIdInput = z
  .string()
  .describe("The `loginId` that `auth.validate` answered; null for a legacy token")
  .transform((text, context) => {
    const loginId = parseLoginId(text);
    if (loginId !== null) return loginId;
    context.addIssue("must be the loginId that auth.validate answered");
    return z.NEVER;
  });

/** Strict: without a misspelled `loginId` less would be judged. */
const begunWork = z.strictObject({
  userId: userIdInput,
  organizationId: organizationIdInput,
  role: roleSchema.default("member").describe("The role that the work needs"),
  since: z.iso
    .datetime({ offset: true })
    .describe("The `issuedAt` that `auth.validate` answered, never the service's own time")
    .transform((text) => secondsOf(new Date(text))),
  loginId: loginIdInput.nullable().default(null),
});

const standing = z.discriminatedUnion("standing", [
  z.object({ standing: z.literal("active"), role: roleSchema }),
  z.object({ standing: z.literal("ended"), reason: z.enum(STANDING_REASONS) }),
]);

export const authRouter = router({
  /** Whose token is this? */
  validate: authenticatedProcedure
    .output(validation)
    .query(({ ctx: { user } }) => JSON.parse(user.validation)),

  /** Is this a user's token or a service's, and whose? */
  principal: principalProcedure.output(principal).query(({ ctx }) => principalOf(ctx.principal)),

  /** How is this sign-in linked to its user? */
  link: authenticatedProcedure
    .output(link)
    .query(async ({ ctx: { user, ports, signal } }) => linkOf(user.identity, ports, signal)),

  /** Does the user have the role (default `member`) in the organization? */
  check: authenticatedProcedure
    // Strict: a misspelled `role` would be ignored and treated as "member".
    .input(z.strictObject({ organizationId: organizationIdInput, role: roleSchema.optional() }))
    .output(check)
    .query(async ({ ctx: { user, ports, signal }, input }) => {
      const { organizationId, role: required = "member" } = input;
      const { identity } = user;
      const { actor } = identity;
      if (organizationId === null) return { allowed: false, role: null, actor };
      const { allowed, role } = await checkRole(identity, { organizationId, required }, ports, signal);
      return { allowed, role, actor };
    }),

  /** May work that users have begun go on? Of each in its order. A query that is sent by POST. */
  standings: serviceProcedure("standing")
    .input(z.strictObject({ of: z.array(begunWork).min(1).max(100) }))
    .output(z.array(standing))
    .query(async ({ ctx: { ports, signal }, input }) => [...(await standingsOf(input.of, ports, signal))]),

  /** Signs the user out everywhere: no token that was issued until now counts, the calling one included. */
  signOutEverywhere: identifiedProcedure
    .output(signedOut)
    .mutation(async ({ ctx: { identity, administration, signal, countMutation } }) => {
      countMutation(identity.userId, null);
      const { notBefore, sessions } = await signOutEverywhere(identity, administration, signal);
      return { notBefore: new Date(notBefore * 1_000).toISOString(), sessions };
    }),
});

function principalOf(known: Principal): z.input<typeof principal> {
  if (known.kind === "service") {
    const { clientId, permissions } = known.service;
    return { kind: "service", clientId, permissions: [...permissions] };
  }
  const { identity, organization } = known.user;
  const { userId, claims, actor } = identity;
  return { kind: "user", userId, organizationId: organization?.id ?? null, clientId: claims.clientId, actor };
}
