import { z } from "zod";
import { SELF_SERVICE_STRATEGIES, wizardUrl } from "../self-service/wizard-address.ts";
import { PEOPLE_CLIENT_IDS } from "../tenant/clients.ts";
import { ApiError, notFound } from "./api-error.ts";
import { NO_INPUT, NOTHING, type Route, route } from "./route.ts";
import type { ManagementServices } from "./services.ts";

/** The tenant's only profile, from which tickets are made. */
export const SELF_SERVICE_PROFILE_ID = "ssp_development";

const MAX_TTL_SECONDS = 432_000;

/** Fields that this wizard would not heed are refused as well, above all a return URL, which Auth0 does not have. */
const newTicket = z.strictObject({
  connection_config: z.strictObject({
    name: z
      .string()
      .max(128)
      .regex(/^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$/, "Object didn't pass validation for format"),
    display_name: z.string().min(1).max(128).optional(),
    show_as_button: z.boolean().optional(),
  }),
  enabled_clients: z.array(z.string()).optional(),
  enabled_organizations: z
    .array(
      z.strictObject({
        organization_id: z.string(),
        assign_membership_on_login: z.boolean().default(false),
        show_as_button: z.boolean().default(true),
      }),
    )
    .optional(),
  ttl_sec: z.int().min(0).max(MAX_TTL_SECONDS).default(0),
  domain_aliases_config: z.strictObject({ domain_verification: z.literal("none") }).optional(),
});

/** The self-service profile and its tickets. */
export function selfServiceRoutes({ tenant, tickets, issuers }: ManagementServices): Route[] {
  function requireProfile(id: string): void {
    if (id === SELF_SERVICE_PROFILE_ID) return;
    throw notFound("Self-service profile not found", "self_service_profile_not_found");
  }

  return [
    route("GET /self-service-profiles/:id", "read:self_service_profiles", NO_INPUT, ({ param }) => {
      requireProfile(param("id"));
      const body = {
        id: SELF_SERVICE_PROFILE_ID,
        name: "Platform",
        description: null,
        user_attributes: [],
        allowed_strategies: SELF_SERVICE_STRATEGIES,
      };
      return { status: 200, body };
    }),
    route(
      "POST /self-service-profiles/:id/sso-ticket",
      "create:sso_access_tickets",
      { query: NOTHING, body: newTicket },
      ({ param, body }) => {
        requireProfile(param("id"));
        const { name, display_name: displayName = name } = body.connection_config;
        if (tenant.connections.find(name) !== null)
          throw new ApiError(409, "A connection with the same name already exists.", "connection_conflict");
        const clientIds = body.enabled_clients ?? [];
        const stranger = clientIds.find((id) => !PEOPLE_CLIENT_IDS.includes(id));
        if (stranger !== undefined)
          throw new ApiError(400, `The client ${stranger} does not exist.`, "inexistent_client");
        const organizations = (body.enabled_organizations ?? []).map((each) => {
          const { organization_id: id, assign_membership_on_login: assignMembershipOnLogin } = each;
          if (tenant.organizations.find(id) === null)
            throw new ApiError(400, `The organization ${id} does not exist.`, "inexistent_organization");
          return { id, assignMembershipOnLogin, showAsButton: each.show_as_button };
        });
        const wanted = { connection: { name, displayName }, clientIds, organizations };
        const { id } = tickets.create(wanted, body.ttl_sec === 0 ? MAX_TTL_SECONDS : body.ttl_sec);
        return { status: 201, body: { ticket: wizardUrl(issuers[0], id) } };
      },
    ),
    route(
      "POST /self-service-profiles/:id/sso-ticket/:ticket/revoke",
      "delete:sso_access_tickets",
      NO_INPUT,
      ({ param }) => {
        requireProfile(param("id"));
        tickets.revoke(param("ticket"));
        return { status: 202 };
      },
    ),
  ];
}
