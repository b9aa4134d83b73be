import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Accounts, type ExampleAccount } from "./accounts.ts";
import { API_AUDIENCE, CLAIM_NAMESPACE } from "./clients.ts";
import type { Connection, Organization } from "./connection.ts";
import { createProvider } from "./provider.ts";
import { RecordStore } from "./record-store.ts";
import { Tenant } from "./tenant.ts";

/** The tenant and where it runs. */
export interface IdentityProviderOptions {
  /** Stores keys, accounts, sessions and refresh tokens. Created if missing. Only one process may use it. */
  readonly dataFolder: string;
  /** The customers' connections. The password connection always exists. */
  readonly connections: readonly Connection[];
  readonly organizations?: readonly Organization[];
  readonly accounts?: readonly ExampleAccount[];
  readonly host?: string;
  /** 0 picks a free port. */
  readonly port?: number;
  /** The audience of all tokens, an absolute URI. */
  readonly audience?: string;
  /** The prefix of the custom claims. Ends with a slash. */
  readonly claimNamespace?: string;
  /** The origins of the web application. They may use CORS, and the callback is `<origin>/callback`. */
  readonly frontendOrigins?: readonly string[];
}

/** A running identity provider. */
export interface IdentityProvider {
  /** As in the tokens, with a trailing slash. */
  readonly issuer: string;
  /** Closes every connection immediately. */
  close(): Promise<void>;
}

/** Starts an identity provider that behaves like an Auth0 tenant. @throws when the port is in use */
export async function startIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const {
    host = "127.0.0.1",
    port = 4003,
    audience = API_AUDIENCE,
    claimNamespace = CLAIM_NAMESPACE,
  } = options;
  const { frontendOrigins = ["http://127.0.0.1:4002", "http://localhost:4002"] } = options;
  const tenant = new Tenant(options.connections, options.organizations ?? []);
  const records = new RecordStore(options.dataFolder);
  const accounts = new Accounts(records);
  const server = createServer();
  try {
    for (const example of options.accounts ?? [])
      accounts.addExample(tenant.connection(example.connection), example);
    await once(server.listen(port, host), "listening");
    const issuer = `http://${host}:${portOf(server.address())}/`;
    const settings = { issuer, audience, claimNamespace, frontendOrigins, records, tenant, accounts };
    server.on("request", createProvider(settings).callback());
    return { issuer, close };
  } catch (error) {
    await close();
    throw error;
  }

  async function close(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    records.close();
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("The server listens on no port");
  return address.port;
}
