import { z } from "zod";
import { OPTIONS_HIDDEN } from "./common-endpoint.ts";
import { type ManagementCall, path } from "./management-call.ts";
import { createManagementClient, type ManagementClientOptions } from "./management-client.ts";
import { ManagementError } from "./management-error.ts";
import { connectionsByNameCall, enabledClientsCall, type FoundConnection } from "./tenant-calls.ts";

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
  oidc_logout: z
    .object({
      backchannel_logout_urls: texts,
      backchannel_logout_initiators: z.object({ mode: z.string().nullish() }).nullish(),
    })
    .nullish(),
});
export type TenantClient = z.output<typeof client>;

export interface TenantConnection extends FoundConnection {
  readonly isCommonEndpoint: boolean;
}

const customDomains = z.array(z.object({ domain: z.string(), status: z.string() }));

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
  customDomains(): Promise<Readonly<z.output<typeof customDomains>>>;
}

/** Each read has as long as the client's budget. */
export function tenantReader(options: ManagementClientOptions): TenantReader {
  const management = createManagementClient(options);
  const send = <Answer>(call: ManagementCall<Answer>) => management.send(call, new AbortController().signal);
  const reading =
    (nullStatuses: readonly number[]) =>
    <Answer>(purpose: string, scope: string, path: string, answer: z.ZodType<Answer>, query = {}) =>
      send({ method: "GET", nullStatuses, purpose, scope, path, answer, query });
  const find = reading([404]);
  /** A list is never absent. */
  const list = reading([]);

  return {
    scopes: () => management.scopes(new AbortController().signal),
    api: (identifier) => find("the API", "read:resource_servers", path`resource-servers/${identifier}`, api),
    async actions() {
      const answer = z.object({ actions: z.array(action) });
      const query = { triggerId: "post-login", ...ALL };
      const found = await list("the Actions", "read:actions", path`actions/actions`, answer, query);
      return found?.actions ?? [];
    },
    async boundActionIds() {
      const answer = z.object({ bindings: z.array(z.object({ action: z.object({ id: z.string() }) })) });
      const bindings = path`actions/triggers/post-login/bindings`;
      const found = await list("the flow of post-login", "read:actions", bindings, answer, ALL);
      return found?.bindings.map(({ action: { id } }) => id) ?? [];
    },
    client(id) {
      const query = { fields: Object.keys(client.shape).join(","), include_fields: "true" };
      return find("a client", "read:clients", path`clients/${id}`, client, query);
    },
    async connection(name) {
      const found = await send(connectionsByNameCall(name));
      const own = found?.find((candidate) => candidate.name === name);
      if (own === undefined) return null;
      const { isCommonEndpoint, ...rest } = own;
      if (isCommonEndpoint === null) throw new ManagementError("malformed", OPTIONS_HIDDEN);
      return { ...rest, isCommonEndpoint };
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
      find("an organization", "read:organizations", path`organizations/${id}`, z.object({ id: z.string() })),
    organizationConnection(id, connectionId) {
      const answer = z.object({ assign_membership_on_login: z.boolean().nullish() });
      const use = path`organizations/${id}/enabled_connections/${connectionId}`;
      return find("a connection of an organization", "read:organization_connections", use, answer);
    },
    profile(id) {
      const answer = z.object({ allowed_strategies: texts });
      const profile = path`self-service-profiles/${id}`;
      return find("the self-service profile", "read:self_service_profiles", profile, answer);
    },
    customDomains: async () =>
      (await list("the custom domains", "read:custom_domains", path`custom-domains`, customDomains)) ?? [],
  };
}
