import type { TenantClient } from "@platform-api/server/adapters";
import type { PlantedFault } from "./planted-fault.fixture.ts";
import { APP, RIGHT, withTenant } from "./right-set-up.fixture.ts";

const app = (part: Partial<TenantClient>) =>
  withTenant({ clients: [{ id: "app", found: { value: { ...APP, ...part } } }] });
const administrator = (part: Partial<TenantClient>) =>
  withTenant({ adminClients: [{ id: "app", found: { value: { ...APP, ...part } } }] });
/** A second application, which is not the frontend's. */
const second = (part: Partial<TenantClient>) => {
  const cli = { ...APP, client_id: "cli", callbacks: ["http://127.0.0.1/callback"], ...part };
  return withTenant({
    clients: [
      { id: "app", found: { value: APP } },
      { id: "cli", found: { value: cli } },
    ],
  });
};

/** Faults of the applications. */
export const APPLICATION_FAULTS: readonly PlantedFault[] = [
  [
    "no application",
    withTenant({ clients: [{ id: "app", found: { value: null } }] }),
    "application app",
    "no application",
    "AUTH0_APP_CLIENT_IDS",
  ],
  [
    "no authorization code flow",
    app({ grant_types: ["refresh_token"] }),
    "application app",
    "the grant authorization_code is off",
    "Grant Types",
  ],
  [
    "no callback URL",
    second({ callbacks: [] }),
    "application cli",
    "no callback URL",
    "Allowed Callback URLs",
  ],
  [
    "a frontend elsewhere",
    app({ callbacks: ["https://app.platform.example.evil.example/"] }),
    "frontend",
    "no application has a callback URL at https://app.platform.example",
    "Allowed Callback URLs",
  ],
  [
    "a frontend without a logout URL",
    app({ allowed_logout_urls: null }),
    "frontend",
    "no logout URL of app",
    "Allowed Logout URLs",
  ],
  [
    "a frontend without refresh tokens",
    app({ grant_types: ["authorization_code"] }),
    "frontend",
    "the grant refresh_token of app is off",
    "Grant Types",
  ],
  [
    "a frontend that does not administer",
    { ...second({}), settings: { ...RIGHT.settings, admins: new Set(["cli"]) } },
    "frontend",
    "app is not in ADMIN_CLIENT_IDS",
    "ADMIN_CLIENT_IDS",
  ],
  [
    "no application that administers",
    withTenant({ adminClients: [{ id: "app", found: { value: null } }] }),
    "administration app",
    "no application",
    "ADMIN_CLIENT_IDS",
  ],
  [
    "a service that does not exist",
    withTenant({ serviceClients: [{ id: "worker", found: { value: null } }] }),
    "service worker",
    "no application",
    "SERVICE_CLIENTS",
  ],
  [
    "a service that gets no token of its own",
    withTenant({ serviceClients: [{ id: "app", found: { value: APP } }] }),
    "service app",
    "the grant client_credentials is off",
    "SERVICE_CLIENTS",
  ],
  [
    "a machine that administers",
    administrator({ app_type: "non_interactive" }),
    "administration app",
    "its type is non_interactive",
    "ADMIN_CLIENT_IDS",
  ],
  [
    "an API that administers on behalf of its users",
    administrator({ app_type: "resource_server" }),
    "administration app",
    "its type is resource_server",
    "ADMIN_CLIENT_IDS",
  ],
  [
    "a third party that administers",
    administrator({ is_first_party: false }),
    "administration app",
    "third-party",
    "ADMIN_CLIENT_IDS",
  ],
  [
    "an application that administers and gets tokens as a machine",
    administrator({ grant_types: ["authorization_code", "client_credentials"] }),
    "administration app",
    "the grant client_credentials is on",
    "Grant Types",
  ],
  [
    "an application that administers and exchanges tokens",
    administrator({ token_exchange: { allow_any_profile_of_type: ["custom_authentication"] } }),
    "administration app",
    "(custom_authentication)",
    "token_exchange",
  ],
  [
    "a wildcard",
    app({ callbacks: ["https://app.platform.example/", "https://*.platform.example/"] }),
    "application app",
    "https://*.platform.example/ has a wildcard",
    "Allowed Callback URLs",
  ],
  [
    "a rotation without an overlap",
    app({ refresh_token: { rotation_type: "rotating", leeway: 0 } }),
    "frontend",
    "without an overlap",
    "Rotation Overlap Period",
  ],
  ...["custom", null].map((mode): PlantedFault => {
    const urls = ["https://api.platform.example/backchannel-logout"];
    const logout = { backchannel_logout_urls: urls, backchannel_logout_initiators: { mode } };
    const fault = `logouts of some initiators alone (${mode})`;
    const saw = "backchannel_logout_initiators.mode is custom";
    return [fault, app({ oidc_logout: logout }), "back-channel logout app", saw, "All supported initiators"];
  }),
  [
    "no logins with organizations",
    app({ organization_usage: undefined }),
    "application app",
    "logins with an organization: deny",
    "Type of Users: Both",
  ],
  [
    "only logins with organizations",
    app({ organization_usage: "require" }),
    "application app",
    "require",
    "Type of Users: Both",
  ],
];
