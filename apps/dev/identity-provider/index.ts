export type { ExampleAccount } from "./accounts.ts";
export { API_AUDIENCE, CLAIM_NAMESPACE, CLI_CLIENT, FRONTEND_CLIENT_ID, MACHINE_CLIENT } from "./clients.ts";
export { type Connection, type Organization, PASSWORD_CONNECTION } from "./connection.ts";
export {
  type IdentityProvider,
  type IdentityProviderOptions,
  startIdentityProvider,
} from "./identity-provider.ts";
export { DEVELOPMENT_PASSWORD } from "./password.ts";
