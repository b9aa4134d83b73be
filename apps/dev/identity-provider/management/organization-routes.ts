import { z } from "zod";
import { NameTaken } from "../tenant/name-taken.ts";
import type { ConnectionUse, TenantOrganization } from "../tenant/organizations.ts";
import { ApiError, notFound } from "./api-error.ts";
import { NO_INPUT, NOTHING, type Route, route } from "./route.ts";
import type { ManagementServices } from "./services.ts";

const newOrganization = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([a-z0-9_-]{0,48}[a-z0-9])?$/, "Object didn't pass validation for format"),
  display_name: z.string().min(1).max(255).optional(),
});

/** Organizations, and the connections that they use. */
export function organizationRoutes({ tenant }: ManagementServices): Route[] {
  const { organizations, connections } = tenant;

  function existing(organization: TenantOrganization | null): TenantOrganization {
    if (organization !== null) return organization;
    throw notFound("No organization found by that id or name.", "inexistent_organization");
  }

  function use(organizationId: string, connectionId: string): ConnectionUse {
    const found = organizations.findUse(existing(organizations.find(organizationId)), connectionId);
    if (found !== null) return found;
    throw notFound("No connection found by that id.", "inexistent_connection");
  }

  return [
    route(
      "POST /organizations",
      "create:organizations",
      { query: NOTHING, body: newOrganization },
      ({ body: { name, display_name: displayName = name } }) => {
        try {
          return { status: 201, body: shown(organizations.create({ name, displayName })) };
        } catch (error) {
          if (!(error instanceof NameTaken)) throw error;
          throw new ApiError(409, "An organization with this name already exists.", "organization_conflict");
        }
      },
    ),
    route("GET /organizations/name/:name", "read:organizations", NO_INPUT, ({ param }) => {
      const found = organizations.list().find(({ name }) => name === param("name"));
      return { status: 200, body: shown(existing(found ?? null)) };
    }),
    route("GET /organizations/:id", "read:organizations", NO_INPUT, ({ param }) => {
      return { status: 200, body: shown(existing(organizations.find(param("id")))) };
    }),
    route(
      "GET /organizations/:id/enabled_connections/:connectionId",
      "read:organization_connections",
      NO_INPUT,
      ({ param }) => {
        const { connectionId, assignMembershipOnLogin, showAsButton } = use(
          param("id"),
          param("connectionId"),
        );
        const connection = connections.findById(connectionId);
        const body = {
          connection_id: connectionId,
          assign_membership_on_login: assignMembershipOnLogin,
          show_as_button: showAsButton,
          connection: { name: connection?.name, strategy: connection?.strategy },
        };
        return { status: 200, body };
      },
    ),
    route(
      "DELETE /organizations/:id/enabled_connections/:connectionId",
      "delete:organization_connections",
      NO_INPUT,
      ({ param }) => {
        organizations.withdraw(use(param("id"), param("connectionId")));
        return { status: 204 };
      },
    ),
  ];
}

function shown({ id, name, displayName }: TenantOrganization) {
  return { id, name, display_name: displayName };
}
