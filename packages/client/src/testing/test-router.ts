import { includesRole } from "@platform-api/server/wire";
import { auditRouter } from "./audit-router.ts";
import { allEnforceSso, belongingOf, counts, defaultRoleOf, roleIn, verifiersOf } from "./belonging.ts";
import { connectionsRouter, isEnabled } from "./connections-router.ts";
import { domainsRouter } from "./domains-router.ts";
import { identifiedProcedure, publicProcedure, t, userProcedure } from "./init.ts";
import { checkInput, emailInput, joinInput } from "./inputs.ts";
import { invitationsRouter } from "./invitations-router.ts";
import { membersRouter, organizationProcedures } from "./organization-router.ts";
import { addMembership, type Organization } from "./people.ts";
import type { ProcedureOutput } from "./procedures.ts";
import { Refused } from "./refused.ts";

/** The server's procedures. `platform-handlers.test.ts` compares their types with the server's. */
export const testRouter = t.router({
  auth: t.router({
    validate: userProcedure.query(({ ctx }): ProcedureOutput<"auth.validate"> => {
      const { user, email, clientId, actor, organizationId, expiresAt } = ctx;
      const { userId } = user;
      return {
        userId,
        email,
        source: "auth0",
        clientId,
        actor,
        organizationId,
        expiresAt: new Date(expiresAt).toISOString(),
      };
    }),
    link: userProcedure.query(({ ctx: { user } }): ProcedureOutput<"auth.link"> => {
      const { linkedAt, ssoOrganization, connection = "auth0" } = user;
      return { rule: ssoOrganization ? "verified-domain" : "verified-email", connection, linkedAt };
    }),
    check: userProcedure.input(checkInput).query(({ ctx, input }): ProcedureOutput<"auth.check"> => {
      const { organizationId, role: required = "member" } = input;
      const role = roleIn(ctx.organizations.get(organizationId), ctx, ctx.organizations);
      return { allowed: role !== null && includesRole(role, required), role, actor: ctx.actor };
    }),
  }),
  discover: t.router({
    byEmail: publicProcedure
      .input(emailInput)
      .mutation(({ ctx, input }): ProcedureOutput<"discover.byEmail"> => {
        const verifiers = verifiersOf(input.email, ctx.organizations);
        const options = verifiers.flatMap(({ auth0OrgId, connections }) =>
          connections.filter(isEnabled).map(({ name: connection, displayName }) => ({
            connection,
            displayName,
            authorize: {
              connection,
              ...(auth0OrgId !== undefined && { organization: auth0OrgId }),
              login_hint: input.email,
            },
          })),
        );
        if (options.length === 0) return { method: "password" };
        const passwordAllowed = !allEnforceSso(verifiers);
        return { method: "sso", passwordAllowed, options: options.sort(byDisplayName) };
      }),
  }),
  org: t.router({
    ...organizationProcedures,
    members: membersRouter,
    invitations: invitationsRouter,
    domains: domainsRouter,
    connections: connectionsRouter,
    audit: auditRouter,
    me: identifiedProcedure.query(({ ctx }): ProcedureOutput<"org.me"> => {
      const { user, email, actor } = ctx;
      const { activeOrganizationId, organizations, joinable, removed, waiting } = belongingOf(
        ctx,
        ctx.organizations,
      );
      return {
        user: { userId: user.userId, email },
        actor,
        organizations: organizations.map(({ organization, membership: { role } }) => {
          return { ...nameOf(organization), role, ssoRequired: !counts(organization, user) };
        }),
        activeOrganizationId,
        joinable: joinable.map(nameOf),
        removed: removed.map(nameOf),
        invitations: waiting.map(({ organization: { id: organizationId, name }, invitation }) => {
          const { role, inviter, expiresAt } = invitation;
          return { organizationId, name, role, invitedBy: inviter.userId, inviter: inviter.email, expiresAt };
        }),
      };
    }),
    join: identifiedProcedure.input(joinInput).mutation(({ ctx, input }): ProcedureOutput<"org.join"> => {
      const { user } = ctx;
      const { joinable } = belongingOf(ctx, ctx.organizations);
      const organization = joinable.find(({ id }) => id === input.organizationId);
      if (organization === undefined) throw new Refused("NOT_JOINABLE");
      const granted = { role: defaultRoleOf(organization), origin: "join", outside: false } as const;
      const { role } = addMembership(organization, ctx, granted);
      return { organizationId: organization.id, userId: user.userId, role, status: "active" };
    }),
  }),
});

function nameOf({ id, name }: Organization): { id: string; name: string } {
  return { id, name };
}

function byDisplayName(a: Option, b: Option): number {
  return a.displayName.localeCompare(b.displayName, "en") || a.connection.localeCompare(b.connection, "en");
}

type Option = Readonly<Record<"displayName" | "connection", string>>;
