import { z } from "zod";
import { isCommonEndpoint } from "./common-endpoint.ts";
import { type ManagementCall, path } from "./management-call.ts";

/** The scopes of all calls in this file. */
export const TENANT_SCOPES = [
  "create:organizations",
  "read:organizations",
  "create:sso_access_tickets",
  "delete:sso_access_tickets",
  "read:connections",
  "read:connections_options",
  "read:organization_connections",
  "delete:organization_connections",
] as const;

/** What calls do, by the scope that each needs. `read:connections_options` only shows more of an answer. */
export const TENANT_OPERATIONS = TENANT_SCOPES.filter((scope) => scope !== "read:connections_options");
export type TenantOperation = (typeof TENANT_OPERATIONS)[number];

/** A call that {@link TENANT_SCOPES} covers. */
export type TenantCall<Answer> = ManagementCall<Answer> & { readonly scope: TenantOperation };

const id = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/);

const organization = z.object({ id, name: z.string() });

/** The 409 of a name that is taken is the answer null. */
export function createOrganizationCall(body: {
  readonly name: string;
  readonly display_name: string;
}): TenantCall<z.output<typeof organization>> {
  return {
    purpose: "creating an organization",
    scope: "create:organizations",
    method: "POST",
    path: path`organizations`,
    body,
    nullStatuses: [409],
    answer: organization,
  };
}

export function organizationByNameCall(name: string): TenantCall<z.output<typeof organization>> {
  return {
    purpose: "an organization by its name",
    scope: "read:organizations",
    method: "GET",
    path: path`organizations/name/${name}`,
    nullStatuses: [404],
    answer: organization,
  };
}

const ticket = z.object({ ticket: z.string().max(2_048) });

export interface TicketRequest {
  readonly name: string;
  readonly displayName: string;
  readonly auth0OrgId: string;
  readonly clientIds: readonly string[];
}

const TICKET_SECONDS = 3_600;

export function createTicketCall(
  profileId: string,
  { name, displayName, auth0OrgId, clientIds }: TicketRequest,
): TenantCall<z.output<typeof ticket>> {
  return {
    purpose: "a ticket for the wizard",
    scope: "create:sso_access_tickets",
    method: "POST",
    path: path`self-service-profiles/${profileId}/sso-ticket`,
    body: {
      connection_config: { name, display_name: displayName, show_as_button: false },
      enabled_clients: clientIds,
      enabled_organizations: [{ organization_id: auth0OrgId, assign_membership_on_login: true }],
      ttl_sec: TICKET_SECONDS,
      domain_aliases_config: { domain_verification: "none" },
    },
    answer: ticket,
    unknown: "there is no profile AUTH0_SELF_SERVICE_PROFILE_ID",
  };
}

export function revokeTicketCall(profileId: string, ticketId: string): TenantCall<never> {
  return {
    purpose: "revoking a ticket",
    scope: "delete:sso_access_tickets",
    method: "POST",
    path: path`self-service-profiles/${profileId}/sso-ticket/${ticketId}/revoke`,
    answer: null,
    isIdempotent: true,
    unknown: "there is no profile AUTH0_SELF_SERVICE_PROFILE_ID",
  };
}

/**
 * Only what is judged is kept of its `options`, which hold secrets of the customer. Without `read:connections_options` it
 * has none.
 */
const connection = z
  .object({
    id,
    name: z.string(),
    strategy: z.string().regex(/^[a-z0-9_-]{1,64}$/),
    options: z.record(z.string(), z.unknown()).nullish(),
  })
  .transform(({ options, ...rest }) => ({
    ...rest,
    isCommonEndpoint: isCommonEndpoint(options),
    userIdAttributes: userIdAttributesOf(options ?? {}),
  }));

export type FoundConnection = z.output<typeof connection>;

/** From what the subjects of a connection are made: Entra, then SAML and ADFS, then a SAML mapping. */
function userIdAttributesOf(options: Readonly<Record<string, unknown>>): readonly string[] {
  const { fieldsMap } = options;
  const mapped =
    typeof fieldsMap === "object" && fieldsMap !== null && "user_id" in fieldsMap ? fieldsMap.user_id : [];
  return [options.userid_attribute, options.user_id_attribute, mapped]
    .flat()
    .filter((name) => typeof name === "string");
}

/** A tenant answers with a list, or with a page that holds one. */
const connections = z.union([
  z.array(connection),
  z.object({ connections: z.array(connection) }).transform((page) => page.connections),
]);

export function connectionsByNameCall(name: string): TenantCall<readonly FoundConnection[]> {
  return {
    purpose: "a connection by its name",
    scope: "read:connections",
    method: "GET",
    path: path`connections`,
    query: { name, fields: "id,name,strategy,options", include_fields: "true" },
    answer: connections,
  };
}

const enabledClients = z.object({
  clients: z.array(z.object({ client_id: z.string() })),
  next: z.string().min(1).max(2_048).nullish(),
});

export function enabledClientsCall(
  connectionId: string,
  from: string | null,
): TenantCall<z.output<typeof enabledClients>> {
  return {
    purpose: "the clients of a connection",
    scope: "read:connections",
    method: "GET",
    path: path`connections/${connectionId}/clients`,
    query: { take: "50", ...(from === null ? {} : { from }) },
    nullStatuses: [404],
    answer: enabledClients,
  };
}

const enabledConnection = z.object({ connection_id: id });

export function enabledConnectionCall(
  auth0OrgId: string,
  connectionId: string,
): TenantCall<z.output<typeof enabledConnection>> {
  return {
    purpose: "a connection of an organization",
    scope: "read:organization_connections",
    method: "GET",
    path: path`organizations/${auth0OrgId}/enabled_connections/${connectionId}`,
    nullStatuses: [404],
    answer: enabledConnection,
  };
}

export function withdrawCall(auth0OrgId: string, connectionId: string): TenantCall<never> {
  return {
    purpose: "ending an organization's use of a connection",
    scope: "delete:organization_connections",
    method: "DELETE",
    path: path`organizations/${auth0OrgId}/enabled_connections/${connectionId}`,
    nullStatuses: [404],
    answer: null,
  };
}
