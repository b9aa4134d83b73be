export {
  CA_FILE,
  type IdentityProvider,
  type IdentityProviderOptions,
  startIdentityProvider,
} from "./identity-provider.ts";
export { EMAIL_VERIFICATION_PATH } from "./login/email-verification.ts";
export { managementEnvironment } from "./management/environment.ts";
export type { Management, Outcome } from "./management/planted-faults.ts";
export { SELF_SERVICE_PROFILE_ID } from "./management/self-service-routes.ts";
export { openWizard, type WizardVisit } from "./self-service/wizard-visit.ts";
export type { ExampleAccount } from "./tenant/accounts.ts";
export { APP_SPA_CLIENT, APP_WEB_CLIENT } from "./tenant/app-clients.ts";
export {
  AGENTIC_BACKEND_CLIENT,
  API_AUDIENCE,
  CLAIM_NAMESPACE,
  CLI_CLIENT,
  EVENTS_CLIENT,
  FRONTEND_CLIENT_ID,
  MACHINE_CLIENT,
  MANAGEMENT_CLIENT,
  PEOPLE_CLIENT_IDS,
} from "./tenant/clients.ts";
export { type Connection, type Organization, PASSWORD_CONNECTION } from "./tenant/connection.ts";
export { DEVELOPMENT_PASSWORD } from "./tenant/password.ts";
