import { z } from "zod";
import { isCommonEndpoint, OPTIONS_HIDDEN } from "./common-endpoint.ts";
import { type ManagementCall, path } from "./management-call.ts";
import { createManagementClient, type ManagementClientOptions } from "./management-client.ts";
import { ManagementError } from "./management-error.ts";
import { enabledClientsCall } from "./tenant-calls.ts";

const texts = z.array(z.string()).nullish();

const api = z.object({
  identifier: z.string(),
  signing_alg: z.string().nullish(),
  token_lifetime: z.number().nullish(),
  allow_offline_access: z.boolean().nullish(),
  token_encryption: z.unknown().optional(),
  proof_of_possession: z.object({ mechanism: z.string().nullish() }).nullish(),
});
export type TenantApi = z.output<typeof api>;

const action = z.object({
  id: z.string(),
  name: z.string(),
  code: z.string().nullish(),
  deployed_version: z.object({ code: z.string().nullish() }).nullish(),
  secrets: z.array(z.object({ name: z.string() })).nullish(),
});
export type TenantAction = z.output<typeof action>;

const client = z.object({
  client_id: z.string(),
  app_type: z.string().nullish(),
  is_first_party: z.boolean().nullish(),
  grant_types: texts,
  token_exchange: z.object({ allow_any_profile_of_type: texts }).nullish(),
  callbacks: texts,
  allowed_logout_urls: texts,
  web_origins: texts,
  organization_usage: z.string().nullish(),
  refresh_token: z.object({ rotation_type: z.string().nullish(), leeway: z.number().nullish() }).nullish(),
});
export type TenantClient = z.output<typeof client>;

/** Only what is judged is kept of the `options`, which hold secrets of the customer. */
const connection = z
  .object({
    id: z.string(),
    name: z.string(),
    strategy: z.string(),
    options: z.record(z.string(), z.unknown()).nullish(),
  })
  .transform(({ options, ...rest }) => ({
    ...rest,
    isCommonEndpoint: isCommonEndpoint(options),
    userIdAttributes: userIdAttributesOf(options ?? {}),
  }));
export interface TenantConnection extends z.output<typeof connection> {
  readonly isCommonEndpoint: boolean;
}

const connections = z.union([
  z.array(connection),
  z.object({ connections: z.array(connection) }).transform((page) => page.connections),
]);

/** From what the subjects of a connection are made: Entra, then SAML and ADFS, then a SAML mapping. */
function userIdAttributesOf(options: Readonly<Record<string, unknown>>): readonly string[] {
  const { fieldsMap } = options;
  const mapped =
    typeof fieldsMap === "object" && fieldsMap !== null && "user_id" in fieldsMap ? fieldsMap.user_id : [];
  return [options.userid_attribute, options.user_id_attribute, mapped]
    .flat()
    .filter((name) => typeof name === "string");
}

const customDomain = z.object({ domain: z.string(), status: z.string() });

const read = { method: "GET", isIdempotent: true, nullStatuses: [404] } as const;
/** A list is never absent. */
const readList = { ...read, nullStatuses: [] } as const;
const ALL = { per_page: "100", page: "0" };
const MAX_PAGES = 20;

/** What only `auth0 check` reads of a tenant. Every method throws `ManagementError` without a usable answer. */
export interface TenantReader {
  /** The scopes that the client has been granted; null if Auth0 does not say. */
  scopes(): Promise<readonly string[] | null>;
  api(identifier: string): Promise<TenantApi | null>;
  /** The Actions for the trigger post-login, in or out of its flow. */
  actions(): Promise<readonly TenantAction[]>;
  /** The ids of the Actions in the flow of post-login, in order. */
  boundActionIds(): Promise<readonly string[]>;
  client(id: string): Promise<TenantClient | null>;
  connection(name: string): Promise<TenantConnection | null>;
  connectionClientIds(connectionId: string): Promise<readonly string[]>;
  organization(id: string): Promise<{ readonly id: string } | null>;
  /** Null if the organization does not use the connection. */
  organizationConnection(
    id: string,
    connectionId: string,
  ): Promise<{ readonly assign_membership_on_login?: boolean | null | undefined } | null>;
  profile(id: string): Promise<{ readonly allowed_strategies?: string[] | null | undefined } | null>;
  customDomains(): Promise<readonly z.output<typeof customDomain>[]>;
}

/** Each read has as long as the client's budget. */
export function tenantReader(options: ManagementClientOptions): TenantReader {
  const management = createManagementClient(options);
  const send = <Answer>(call: ManagementCall<Answer>) => management.send(call, new AbortController().signal);

  return {
    scopes: () => management.scopes(new AbortController().signal),
    api: (identifier) =>
      send({
        ...read,
        purpose: "the API",
        scope: "read:resource_servers",
        path: path`resource-servers/${identifier}`,
        answer: api,
      }),
    async actions() {
      const list = await send({
        ...readList,
        purpose: "the Actions",
        scope: "read:actions",
        path: path`actions/actions`,
        query: { triggerId: "post-login", ...ALL },
        answer: z.object({ actions: z.array(action) }),
      });
      return list?.actions ?? [];
    },
    async boundActionIds() {
      const list = await send({
        ...readList,
        purpose: "the flow of post-login",
        scope: "read:actions",
        path: path`actions/triggers/post-login/bindings`,
        query: ALL,
        answer: z.object({ bindings: z.array(z.object({ action: z.object({ id: z.string() }) })) }),
      });
      return list?.bindings.map(({ action: { id } }) => id) ?? [];
    },
    client: (id) =>
      send({
        ...read,
        purpose: "a client",
        scope: "read:clients",
        path: path`clients/${id}`,
        query: { fields: Object.keys(client.shape).join(","), include_fields: "true" },
        answer: client,
      }),
    async connection(name) {
      const found = await send({
        ...readList,
        purpose: "a connection by its name",
        scope: "read:connections",
        path: path`connections`,
        query: { name, fields: "id,name,strategy,options", include_fields: "true" },
        answer: connections,
      });
      const own = found?.find((candidate) => candidate.name === name);
      if (own === undefined) return null;
      const { isCommonEndpoint: isCommon, ...rest } = own;
      if (isCommon === null) throw new ManagementError("malformed", OPTIONS_HIDDEN);
      return { ...rest, isCommonEndpoint: isCommon };
    },
    async connectionClientIds(connectionId) {
      const ids: string[] = [];
      let from: string | null = null;
      for (let page = 0; page < MAX_PAGES; page++) {
        const answer: { clients: { client_id: string }[]; next?: string | null | undefined } | null =
          await send(enabledClientsCall(connectionId, from));
        ids.push(...(answer?.clients ?? []).map(({ client_id }) => client_id));
        if (!answer?.next) break;
        from = answer.next;
      }
      return ids;
    },
    organization: (id) =>
      send({
        ...read,
        purpose: "an organization",
        scope: "read:organizations",
        path: path`organizations/${id}`,
        answer: z.object({ id: z.string() }),
      }),
    organizationConnection: (id, connectionId) =>
      send({
        ...read,
        purpose: "a connection of an organization",
        scope: "read:organization_connections",
        path: path`organizations/${id}/enabled_connections/${connectionId}`,
        answer: z.object({ assign_membership_on_login: z.boolean().nullish() }),
      }),
    profile: (id) =>
      send({
        ...read,
        purpose: "the self-service profile",
        scope: "read:self_service_profiles",
        path: path`self-service-profiles/${id}`,
        answer: z.object({ allowed_strategies: texts }),
      }),
    async customDomains() {
      const domains = await send({
        ...readList,
        purpose: "the custom domains",
        scope: "read:custom_domains",
        path: path`custom-domains`,
        answer: z.array(customDomain),
      });
      return domains ?? [];
    },
  };
}
