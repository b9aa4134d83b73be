import { z } from "zod";
import { actorSchema, userIdSchema } from "../answer/index.ts";
import {
  askToBeRestored,
  callOffClosing,
  join,
  LOCKABLE,
  listOrganizations,
  ownConnection,
  ownerAddresses,
  Refusal,
  requestClosing,
  tokenOrganization,
  updateOrganization,
  viewOf,
} from "../domain/index.ts";
import { auditRouter } from "./audit-router.ts";
import { connectionsRouter } from "./connections-router.ts";
import { domainsRouter } from "./domains-router.ts";
import { identifiedProcedure, router } from "./init.ts";
import { invitationsRouter } from "./invitations-router.ts";
import { membersRouter } from "./members-router.ts";
import { inOrganization, organizationProcedure } from "./organization-procedure.ts";
import { refusalsRouter } from "./refusals-router.ts";
import { membership, nameInput, organizationIdInput, roleSchema } from "./schemas.ts";

const me = z.object({
  user: z.object({ userId: userIdSchema, email: z.string().nullable() }),
  actor: actorSchema,
  organizations: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      role: roleSchema,
      ssoRequired: z
        .boolean()
        .describe(
          "Whether the membership does not count for this login because the organization enforces SSO",
        ),
      closesAt: z.iso.datetime().nullable().describe("When it closes by itself; null if it does not"),
      invitedBy: userIdSchema
        .nullable()
        .describe("The member who invited the user; null for nobody, and for an operator"),
    }),
  ),
  activeOrganizationId: z
    .string()
    .nullable()
    .describe("The organization of the token, if the user is an active member there; null otherwise"),
  joinable: z
    .array(z.object({ id: z.string(), name: z.string() }))
    .describe("Organizations that the user may join, by the domain of their address"),
  removed: z
    .array(z.object({ id: z.string(), name: z.string() }))
    .describe("Organizations that have removed the user"),
  closed: z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        closedAt: z.iso.datetime().nullable().describe("Null where that is not known any more"),
        closedBy: z
          .object({ userId: userIdSchema, email: z.string().nullable(), name: z.string().nullable() })
          .nullable()
          .describe("The owner who has closed it; null where the platform's operators have"),
      }),
    )
    .describe("Organizations of the user that are closed: nobody belongs to them, and nothing is deleted"),
  invitations: z
    .array(
      z.object({
        organizationId: z.string(),
        name: z.string(),
        role: roleSchema,
        invitedBy: userIdSchema.nullable(),
        inviter: z.string().nullable().describe("The address of the member who invited"),
        inviterName: z.string().nullable().describe("Their name: show it beside the address, never alone"),
        expiresAt: z.iso.datetime(),
      }),
    )
    .describe("Invitations that wait for the user's consent: accept or decline them"),
  pastInvitations: z
    .array(
      z.object({
        organizationId: z.string(),
        name: z.string(),
        state: z.enum(["expired", "void", "revoked", "declined"]),
        since: z.iso.datetime(),
        inviter: z
          .string()
          .nullable()
          .describe("The address of the member who invited; null for an operator, and for a former member"),
        inviterName: z.string().nullable(),
      }),
    )
    .describe(
      "The latest three that ended since the user last joined an organization: what their mails lead to",
    ),
});

const organization = z.object({
  id: z.string(),
  name: z.string(),
  jit: z.boolean().describe("Whether a first login through the organization's SSO makes its user a member"),
  defaultRole: roleSchema.describe("The role that such a login gives"),
  enforceSso: z
    .boolean()
    .describe("Whether memberships count only for logins through the organization's SSO"),
  state: z.enum(["open", "closed"]),
  closing: z
    .object({
      closesAt: z.iso.datetime(),
      requestedBy: userIdSchema.nullable().describe("The owner who asked for it; null for an operator"),
      mail: z
        .enum(["sending", "sent", "failed", "none"])
        .describe("What became of the mails that tell its owners; `none` where no mail server is configured"),
    })
    .nullable()
    .describe(
      "When the organization closes by itself, unless an owner keeps it open; null while nobody has asked for it",
    ),
  locked: z
    .array(z.enum(LOCKABLE))
    .describe("What an operator's file decides: settings, and `closing` where only operators close it"),
  sendsMail: z
    .boolean()
    .describe(
      "Whether mails are sent, such as those to its owners: false where no mail server is configured",
    ),
});

export const orgRouter = router({
  audit: auditRouter,
  connections: connectionsRouter,
  domains: domainsRouter,
  invitations: invitationsRouter,
  members: membersRouter,
  refusals: refusalsRouter,

  /** An organization, and whom its members can ask. */
  get: organizationProcedure("member", inOrganization({}))
    .output(organization.extend({ owners: z.array(z.string()).max(3).describe("Addresses of owners") }))
    .query(async ({ ctx: { standing, administration, signal } }) => {
      const owners = await ownerAddresses(standing, administration, signal);
      return { ...viewOf(standing.organization, administration), owners };
    }),

  /** Changes the settings of an organization. An admin changes the name, an owner the others. */
  update: organizationProcedure(
    "admin",
    inOrganization({
      name: nameInput("organization").optional(),
      jit: z.boolean().optional(),
      defaultRole: z.enum(["member", "admin"]).optional(),
      enforceSso: z.boolean().optional(),
    }),
  )
    .output(organization)
    .mutation(async ({ ctx: { identity, standing, administration, signal }, input }) => {
      const { organizationId: _, ...given } = input;
      const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const login = ownConnection(standing.organization.id, identity);
      const changed = await updateOrganization(standing, { changes, login }, administration, signal);
      return viewOf(changed, administration);
    }),

  /**
   * Asks to close an organization. It closes by itself after seven days, of which its owners are told by mail, unless one of
   * them keeps it open.
   */
  close: organizationProcedure(
    "owner",
    inOrganization({ name: z.string().max(200).describe("The name of the organization, typed again") }),
  )
    .output(organization)
    .mutation(async ({ ctx: { standing, administration, signal }, input }) => {
      const closing = await requestClosing(standing, input.name, administration, signal);
      return viewOf(closing, administration);
    }),

  /** Keeps an organization open that an owner has asked to close. */
  keepOpen: organizationProcedure("owner", inOrganization({}))
    .output(organization)
    .mutation(async ({ ctx: { standing, administration, signal } }) =>
      viewOf(await callOffClosing(standing, administration, signal), administration),
    ),

  /** Who am I, which organizations do I belong to, and which may I join? */
  me: identifiedProcedure.output(me).query(async ({ ctx: { identity, sender, ports, signal } }) => {
    const belonging = await sender.noting(listOrganizations(identity, ports, signal));
    const { organizations, activeOrganizationId, joinable, removed, closed, invitations, past } = belonging;
    const isOutside = organizations.every(({ ssoRequired }) => ssoRequired);
    const hasWayIn = joinable.length > 0 || invitations.length > 0 || closed.length > 0;
    if (isOutside && !hasWayIn) sender.noteOutside(identity);
    return {
      user: { userId: identity.userId, email: identity.email },
      actor: identity.actor,
      organizations: organizations.map(({ organization: { id, name, closing }, ...mine }) => {
        const { role, ssoRequired, invitedBy } = mine;
        return { id, name, role, ssoRequired, closesAt: closing?.at ?? null, invitedBy };
      }),
      activeOrganizationId,
      joinable: joinable.map(({ id, name }) => ({ id, name })),
      removed: removed.map(({ id, name }) => ({ id, name })),
      closed: closed.map(({ organization: { id, name, closing }, closer }) => {
        const closedBy = closer && { userId: closer.userId, email: closer.email, name: closer.name };
        return { id, name, closedAt: closing?.at ?? null, closedBy };
      }),
      invitations: invitations.map(({ organization: { id, name }, invitation, inviter, inviterName }) => {
        const { role, invitedBy, expiresAt } = invitation;
        return { organizationId: id, name, role, invitedBy, inviter, inviterName, expiresAt };
      }),
      pastInvitations: past.map(({ organization: { id, name }, state, since, inviter, inviterName }) => {
        return { organizationId: id, name, state, since, inviter, inviterName };
      }),
    };
  }),

  /** Asks those who administer the organization that has removed the user to restore them: once a week. */
  askToBeRestored: identifiedProcedure
    .input(
      z.strictObject({
        organizationId: organizationIdInput
          .optional()
          .describe("The organization that has removed the user; left out for that of the token"),
      }),
    )
    .output(
      z.object({
        askedAt: z.iso.datetime().describe("When the user asked, now or earlier"),
        againAt: z.iso.datetime().describe("When the user can ask again"),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const { identity, ports, administration, signal } = ctx;
      const { organizationId = (await tokenOrganization(identity, ports, signal))?.id ?? null } = input;
      ctx.countMutation(identity.userId, organizationId);
      return askToBeRestored(identity, organizationId, administration, signal);
    }),

  /** Joins an organization that `me` lists as joinable. */
  join: identifiedProcedure
    .input(z.object({ organizationId: organizationIdInput }))
    .output(membership)
    .mutation(async ({ ctx: { identity, ports, signal, countMutation }, input }) => {
      if (input.organizationId === null) throw new Refusal("NOT_JOINABLE", "no organization has such an id");
      countMutation(identity.userId, input.organizationId);
      const { organizationId, userId, role } = await join(identity, input.organizationId, ports, signal);
      return { organizationId, userId, role, status: "active" as const };
    }),
});
