import type { TenantAction, TenantApi } from "@platform-api/server/adapters";
import { readActionSource } from "./action-source.ts";
import type { Auth0Facts, Auth0Settings, TokenFacts } from "./facts.ts";
import type { PlantedFault } from "./planted-fault.fixture.ts";
import { ACTION, API, OTHER_ACTION, RIGHT, TOKEN, withTenant } from "./right-set-up.fixture.ts";

const settings = (part: Partial<Auth0Settings>): Auth0Facts => ({
  ...RIGHT,
  settings: { ...RIGHT.settings, ...part },
});
const token = (part: Partial<TokenFacts>): Auth0Facts => ({ ...RIGHT, token: { ...TOKEN, ...part } });
const api = (part: Partial<TenantApi>) => withTenant({ api: { value: { ...API, ...part } } });
const action = (part: Partial<TenantAction>, boundIds = ["act_2", "act_1"]) => {
  const all = [{ ...ACTION, ...part }, OTHER_ACTION];
  return { ...withTenant({ actions: { value: { all, boundIds } } }), token: null };
};
const older = readActionSource().replace("profile.email_verified", "true");

/** Faults of the API, the Action and the profile. */
export const TENANT_FAULTS: readonly PlantedFault[] = [
  [
    "no API",
    withTenant({ api: { value: null } }),
    "API",
    "no API has the identifier https://api.platform.example",
    "AUTH0_AUDIENCE",
  ],
  [
    "an API of another identifier",
    api({ identifier: "https://api.platform.example/" }),
    "API",
    "no API has the identifier",
    "AUTH0_AUDIENCE",
  ],
  ["HS256", api({ signing_alg: "HS256" }), "API", "signed with HS256", "create an API with RS256"],
  [
    "tokens that live too long",
    api({ token_lifetime: 2_592_000 }),
    "API",
    "2592000 s",
    "Maximum Access Token Lifetime",
  ],
  [
    "encrypted tokens",
    api({ token_encryption: { format: "compact-nested-jwe" } }),
    "API",
    "Encryption is on",
    "JSON Web Encryption: off",
  ],
  [
    "no refresh tokens",
    api({ allow_offline_access: false }),
    "API",
    "Allow Offline Access is off",
    "Allow Offline Access",
  ],
  [
    "tokens that are bound to a key",
    api({ proof_of_possession: { mechanism: "dpop" } }),
    "API",
    "(dpop)",
    "Sender Constraining Method: None",
  ],
  [
    "missing scopes",
    withTenant({ scopes: ["read:users"] }),
    "scopes",
    "read:connections missing",
    "Machine to Machine Applications",
  ],
  [
    "missing scopes of the second application",
    { ...RIGHT, eventsScopes: { value: ["read:events", "read:users"] } },
    "scopes of events",
    "delete:sessions, delete:refresh_tokens missing",
    "AUTH0_EVENTS_CLIENT_ID",
  ],
  [
    "a second application without a token",
    { ...RIGHT, eventsScopes: { why: "no token: Auth0 answers 401" } },
    "scopes of events",
    "Auth0 answers 401",
    "authorize the client",
  ],
  [
    "no token for the Management API",
    { ...RIGHT, tenant: { why: "no token: Auth0 answers 401" } },
    "Management API",
    "Auth0 answers 401",
    "authorize the client",
  ],
  [
    "no Action",
    withTenant({ actions: { value: { all: [OTHER_ACTION], boundIds: ["act_2"] } } }),
    "Action",
    "no Action for post-login sets the claims",
    "create it",
  ],
  ["an Action outside the flow", action({}, ["act_2"]), "Action", "not in the flow", "drag it into the flow"],
  [
    "an older Action",
    action({ code: older, deployed_version: { code: older } }),
    "Action",
    "of another version",
    "paste auth0/post-login-action.js",
  ],
  [
    "an Action that is not deployed",
    action({ deployed_version: null }),
    "Action",
    "saved, but not deployed",
    "Deploy",
  ],
  [
    "an Action of which an older one is deployed",
    action({ deployed_version: { code: older } }),
    "Action",
    "saved, but not deployed",
    "Deploy",
  ],
  [
    "an Action without its secret",
    action({ secrets: [] }),
    "claim namespace",
    "so it uses https://platform-api.example/",
    "AUTH0_CLAIM_NAMESPACE",
  ],
  [
    "another namespace",
    token({ claimNames: ["https://other.example/email"] }),
    "claim namespace",
    "under https://other.example/",
    "CLAIM_NAMESPACE",
  ],
  [
    "a token from before the Action",
    token({ claimNames: ["iss", "scope"] }),
    "claim namespace",
    "no claims of the Action",
    "sign in again",
  ],
  [
    "a strategy that the Action does not know",
    settings({ otherStrategies: [...RIGHT.settings.otherStrategies, "oauth2"] }),
    "other strategies",
    "the Action's OTHER_STRATEGIES lacks oauth2",
    "OTHER_STRATEGIES in the Action",
  ],
  [
    "a strategy that only the Action knows",
    settings({ otherStrategies: RIGHT.settings.otherStrategies.slice(1) }),
    "other strategies",
    "AUTH0_OTHER_STRATEGIES lacks auth0",
    "AUTH0_OTHER_STRATEGIES",
  ],
  [
    "no profile",
    withTenant({ profile: { value: null } }),
    "self-service profile",
    "no such profile",
    "AUTH0_SELF_SERVICE_PROFILE_ID",
  ],
  [
    "a profile with another strategy",
    withTenant({ profile: { value: { strategies: ["okta", "github"] } } }),
    "self-service profile",
    "it offers github",
    "allowed_strategies",
  ],
];
