import { z } from "zod";
import { userIdSchema } from "../answer/index.ts";
import {
  accept,
  changeInvitations,
  decline,
  invite,
  listInvitations,
  parseEmail,
  resendInvitation,
  revokeInvitation,
} from "../domain/index.ts";
import { identifiedProcedure, router } from "./init.ts";
import { asStored, countRows, inOrganization, organizationProcedure } from "./organization-procedure.ts";
import { membership, pageInput, pageOf, roleSchema, rowsOf, verdict } from "./schemas.ts";

const state = z.enum(["open", "accepted", "expired", "void", "revoked", "declined"]);

const invitation = z.object({
  invitationId: z.string(),
  email: z.string(),
  role: roleSchema,
  state,
  mail: z.enum(["sending", "sent", "failed", "none"]).describe("What became of the last mail"),
  outside: z.boolean().describe("Whether the address is outside the organization's domains"),
  invitedBy: userIdSchema.nullable().describe("Null for an operator"),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});

const address = z
  .string()
  .max(1_000)
  .transform((text) => parseEmail(text));

/** Who is invited, but not a member yet. Each call counts as a change. */
const invitedProcedure = identifiedProcedure.input(inOrganization({})).use(({ ctx, input, next }) => {
  if (input.organizationId !== null) ctx.countMutation(ctx.identity.userId, input.organizationId);
  return next({ ctx: { ports: asStored(ctx.ports) } });
});

export const invitationsRouter = router({
  /** The invitations, page by page, by address. */
  list: organizationProcedure("admin", inOrganization({ state: state.optional(), ...pageInput }))
    .output(pageOf(invitation))
    .query(({ ctx: { standing, administration, signal }, input }) =>
      listInvitations(standing, input, administration, signal),
    ),

  /** Invites addresses. One that is invited already is invited again. */
  create: organizationProcedure(
    "admin",
    inOrganization({ emails: z.array(z.string().max(1_000)).min(1).max(100), role: roleSchema }),
  )
    .output(
      z.array(
        z.object({
          email: z.string(),
          outcome: z.enum(["invited", "renewed", "already-member", "removed", "invalid"]),
        }),
      ),
    )
    .mutation(({ ctx: { standing, administration, signal }, input }) =>
      invite(standing, input, administration, signal),
    ),

  /** Offers an invitation again, in the name of the caller, and mails it again. */
  resend: organizationProcedure("admin", inOrganization({ email: address }))
    .output(invitation)
    .mutation(({ ctx: { standing, administration, signal }, input }) =>
      resendInvitation(standing, input.email, administration, signal),
    ),

  /** Withdraws an invitation. */
  revoke: organizationProcedure("admin", inOrganization({ email: address }))
    .output(invitation)
    .mutation(({ ctx: { standing, administration, signal }, input }) =>
      revokeInvitation(standing, input.email, administration, signal),
    ),

  /** Offers many invitations again, or withdraws them, each as the procedure for one does. */
  changeMany: organizationProcedure(
    "admin",
    inOrganization({ emails: rowsOf(z.string().max(1_000)), change: z.enum(["resend", "revoke"]) }),
  )
    .output(z.array(z.object({ email: z.string(), ...verdict, invitation: invitation.nullable() })))
    .mutation(({ ctx, input }) => {
      countRows(ctx, input.emails);
      return changeInvitations(ctx.standing, input, ctx.administration, ctx.signal);
    }),

  /** Accepts the invitation of one's own address. */
  accept: invitedProcedure
    .output(membership)
    .mutation(async ({ ctx: { identity, ports, signal }, input }) => {
      const { organizationId, userId, role } = await accept(identity, input.organizationId, ports, signal);
      return { organizationId, userId, role, status: "active" as const };
    }),

  /** Declines the invitation of one's own address. */
  decline: invitedProcedure
    .output(z.object({}))
    .mutation(async ({ ctx: { identity, ports, signal }, input }) => {
      await decline(identity, input.organizationId, ports, signal);
      return {};
    }),
});
