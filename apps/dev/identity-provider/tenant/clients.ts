import type { ClientMetadata } from "oidc-provider";
import { APP_CLIENTS } from "./app-clients.ts";

/** The audience of platform-api's tokens. */
export const API_AUDIENCE = "https://platform-api.example";

/** The prefix of our own claims, which is also the post-login Action's default. */
export const CLAIM_NAMESPACE = "https://platform-api.example/";

/** The application of `./platform token`. Any port of the loopback address works (RFC 8252 §7.3). */
export const CLI_CLIENT = { clientId: "platform-cli", redirectUri: "http://127.0.0.1/callback" } as const;

/** A machine, which gets tokens for itself (`grant_type=client_credentials`). */
export const MACHINE_CLIENT = {
  clientId: "platform-machine",
  clientSecret: "platform-machine-secret",
} as const;

/** agentic-backend itself, which asks platform-api about its users. */
export const AGENTIC_BACKEND_CLIENT = {
  clientId: "agentic-backend",
  clientSecret: "development-secret-of-agentic-backend",
} as const;

/** platform-api itself, which manages the tenant at run time. */
export const MANAGEMENT_CLIENT = {
  clientId: "platform-management",
  clientSecret: "platform-management-development-secret",
} as const;

/** The same, which learns of users and ends their sessions. */
export const EVENTS_CLIENT = {
  clientId: "platform-events",
  clientSecret: "platform-events-development-secret",
} as const;

/** The id of the web application in the tenant. */
export const FRONTEND_CLIENT_ID = "platform-frontend";

/** The applications that people sign in to. */
export const PEOPLE_CLIENT_IDS: readonly string[] = [
  FRONTEND_CLIENT_ID,
  CLI_CLIENT.clientId,
  ...APP_CLIENTS.map((client) => client.client_id),
];

interface ClientsOptions {
  readonly frontendOrigins: readonly string[];
  /** Where logouts of those with user logins are sent. */
  readonly backchannelLogoutUrl: string | undefined;
}

/** The applications of the tenant. Those with user logins are public clients with PKCE. */
export function clients({ frontendOrigins, backchannelLogoutUrl }: ClientsOptions): ClientMetadata[] {
  const logout =
    backchannelLogoutUrl === undefined
      ? {}
      : { backchannel_logout_uri: backchannelLogoutUrl, backchannel_logout_session_required: true };
  const forPeople = {
    ...logout,
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    response_modes: ["query", "fragment", "form_post"], // web_message could post a code to any local page
  } as const satisfies Partial<ClientMetadata>;
  return [
    {
      ...forPeople,
      client_id: FRONTEND_CLIENT_ID,
      client_name: "Platform",
      redirect_uris: frontendOrigins.map((origin) => `${origin}/callback`),
      post_logout_redirect_uris: frontendOrigins.flatMap((origin) => [origin, `${origin}/`]),
    },
    {
      ...forPeople,
      client_id: CLI_CLIENT.clientId,
      client_name: "Platform command line",
      application_type: "native",
      redirect_uris: [CLI_CLIENT.redirectUri],
    },
    machine(MACHINE_CLIENT, "Platform machine"),
    machine(AGENTIC_BACKEND_CLIENT, "Agentic backend"),
    machine(MANAGEMENT_CLIENT, "Platform management"),
    machine(EVENTS_CLIENT, "Platform events"),
    ...APP_CLIENTS.map((client) => ({ ...client, ...logout })),
  ];
}

function machine(
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
  name: string,
): ClientMetadata {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    client_name: name,
    token_endpoint_auth_method: "client_secret_post",
    grant_types: ["client_credentials"],
    response_types: [],
    redirect_uris: [],
  };
}
