import { z } from "zod";
import type { TenantConnection } from "../tenant/connection.ts";
import { notFound } from "./api-error.ts";
import { chosen, FIELDS } from "./fields.ts";
import { NOTHING, type Route, route } from "./route.ts";
import type { ManagementServices } from "./services.ts";

const search = z.strictObject({ ...FIELDS, name: z.string().optional(), strategy: z.string().optional() });
const page = z.strictObject({
  take: z.coerce.number().int().min(1).max(100).default(50),
  from: z.string().optional(),
});

/** Connections, and the applications whose users may sign in through them. */
export function connectionRoutes({ tenant }: ManagementServices): Route[] {
  return [
    route("GET /connections", "read:connections", { query: search, body: NOTHING }, ({ query, scopes }) => {
      const { name, strategy } = query;
      const found = tenant.connections
        .list()
        .filter((each) => name === undefined || each.name === name)
        .filter((each) => strategy === undefined || each.strategy === strategy);
      const showsOptions = scopes.includes("read:connections_options");
      const bodies = found.map(({ options, ...each }) => ({
        ...shown(each, tenant.connections.clientsOf(each)),
        ...(showsOptions && { options }),
      }));
      return { status: 200, body: bodies.map((each) => chosen(each, query)) };
    }),
    route(
      "GET /connections/:id/clients",
      "read:connections",
      { query: page, body: NOTHING },
      ({ param, query: { take, from } }) => {
        const connection = tenant.connections.findById(param("id"));
        if (connection === null) throw notFound("The connection does not exist", "inexistent_connection");
        const all = [...tenant.connections.clientsOf(connection)].sort();
        const rest = from === undefined ? all : all.filter((id) => id > from);
        const some = rest.slice(0, take);
        const clients = some.map((id) => ({ client_id: id }));
        return { status: 200, body: rest.length > take ? { clients, next: some.at(-1) } : { clients } };
      },
    ),
  ];
}

function shown(
  { id, name, strategy, displayName }: Omit<TenantConnection, "options">,
  clientIds: readonly string[],
): Record<string, unknown> {
  return {
    id,
    name,
    strategy,
    display_name: displayName,
    is_domain_connection: false,
    show_as_button: false,
    realms: [name],
    metadata: {},
    enabled_clients: clientIds,
  };
}
