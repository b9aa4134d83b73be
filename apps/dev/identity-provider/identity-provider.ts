import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { IDLE_MS } from "../idle-connections.ts";
import { withForm } from "./auth0-request.ts";
import { EmailVerification } from "./login/email-verification.ts";
import { ManagementApi } from "./management/management-api.ts";
import { type Management, PlantedFaults } from "./management/planted-faults.ts";
import { createProvider } from "./provider.ts";
import { localCertificate, verificationKey } from "./records/keys.ts";
import { RecordStore } from "./records/record-store.ts";
import { Tickets } from "./self-service/tickets.ts";
import { Accounts, type ExampleAccount } from "./tenant/accounts.ts";
import { API_AUDIENCE, CLAIM_NAMESPACE } from "./tenant/clients.ts";
import type { Connection, Organization } from "./tenant/connection.ts";
import { EventLog } from "./tenant/events.ts";
import { Sessions } from "./tenant/sessions.ts";
import type { Site, TokenDialect } from "./tenant/site.ts";
import { Tenant } from "./tenant/tenant.ts";

/** In the data folder: the certificate that clients have to trust for https. */
export const CA_FILE = "ca.pem";

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
  /** Auth0's **Default Audience**: the API that tokens are for where a client names none. Default: none. */
  readonly defaultAudience?: string;
  /** The prefix of the custom claims. Ends with a slash. */
  readonly claimNamespace?: string;
  /** The form of the tokens of the API. Default: Auth0's own. */
  readonly tokenDialect?: TokenDialect;
  /** The origins of the web application. They may use CORS, and the callback is `<origin>/callback`. */
  readonly frontendOrigins?: readonly string[];
  /** The origins of your own apps. They may use CORS, and return to any of their URLs. Default: none. */
  readonly appOrigins?: readonly string[];
  /** Where logouts of every application that people sign in to are sent (back-channel). Default: nowhere. */
  readonly backchannelLogoutUrl?: string;
  /** Sends mails that verify addresses, such as `smtp://127.0.0.1:4008`. Default: none are sent. */
  readonly smtpUrl?: string;
  /** The page that shows those mails, which the sign-up page links. Default: none. */
  readonly mailboxUrl?: string;
  /** How long a connection to the Events API lasts, in milliseconds. Default: four minutes. */
  readonly eventsCycleMs?: number;
  /** Serves https with a generated certificate, see {@link CA_FILE}. */
  readonly isTls?: boolean;
}

/** A running identity provider. */
export interface IdentityProvider {
  /** As in the tokens, with a trailing slash. */
  readonly issuer: string;
  /**
   * The same tenant at `localhost`, like a custom domain of Auth0: an app at `localhost` needs it for silent login,
   * because browsers send another site's iframe no cookies.
   */
  readonly localhostIssuer: string;
  /** For tests of the Management API's callers. */
  readonly management: Management;
  /** For tests of who follows its events. */
  readonly events: EventLog;
  /** Closes every connection immediately. */
  close(): Promise<void>;
}

/** Starts an identity provider that behaves like an Auth0 tenant. @throws when the port is in use */
export async function startIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const { host = "127.0.0.1", port = 4003, isTls = false } = options;
  const records = new RecordStore(options.dataFolder);
  const [events, faults] = [new EventLog(records), new PlantedFaults()];
  const accounts = new Accounts(records, events);
  const server = isTls ? createTlsServer(certificateIn(options.dataFolder, records)) : createServer();
  server.keepAliveTimeout = IDLE_MS;
  try {
    const tenant = new Tenant(options.connections, options.organizations ?? [], records);
    for (const example of options.accounts ?? [])
      accounts.addExample(tenant.connection(example.connection), example);
    await once(server.listen(port, host), "listening");
    const issuerAt = (name: string) => `${isTls ? "https" : "http"}://${name}:${portOf(server.address())}/`;
    const issuers = [issuerAt(host), issuerAt("localhost")] as const;
    const { frontendOrigins = ["http://127.0.0.1:4002", "http://localhost:4002"] } = options;
    const site: Site = {
      issuers,
      audience: options.audience ?? API_AUDIENCE,
      defaultAudience: options.defaultAudience,
      claimNamespace: options.claimNamespace ?? CLAIM_NAMESPACE,
      tokenDialect: options.tokenDialect ?? "access_token",
      frontendOrigins,
      appOrigins: options.appOrigins ?? [],
      backchannelLogoutUrl: options.backchannelLogoutUrl,
      smtpUrl: options.smtpUrl,
      mailboxUrl: options.mailboxUrl,
      records,
      tenant,
      accounts,
      sessions: new Sessions(records),
      events,
      eventsCycleMs: options.eventsCycleMs,
      key: verificationKey(records),
    };
    server.on("request", requestListener(site, faults));
    const [issuer, localhostIssuer] = issuers;
    return { issuer, localhostIssuer, management: faults, events, close };
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

/** Answers at both addresses of the tenant. */
function requestListener(site: Site, faults: PlantedFaults) {
  const services = { ...site, tickets: new Tickets(site.records) };
  const management = new ManagementApi(services, faults);
  const parts = { ...services, management, emailVerification: new EmailVerification(site) };
  const [issuer, localhostIssuer] = site.issuers;
  const answer = createProvider({ ...parts, issuer }).callback();
  const answerAtLocalhost = createProvider({ ...parts, issuer: localhostIssuer }).callback();
  return (request: IncomingMessage, response: ServerResponse) => {
    withForm(request).then(
      (form) => (form.headers.host?.startsWith("localhost:") ? answerAtLocalhost : answer)(form, response),
      () => response.destroy(), // the client has gone
    );
  };
}

/** Tells clients in {@link CA_FILE} what to trust. */
function certificateIn(dataFolder: string, records: RecordStore): { key: string; cert: string } {
  const { ca, key, cert } = localCertificate(records);
  writeFileSync(join(dataFolder, CA_FILE), ca);
  return { key, cert };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("The server listens on no port");
  return address.port;
}
