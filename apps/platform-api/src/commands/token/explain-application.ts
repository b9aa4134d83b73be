import {
  type AdminClients,
  Refusal,
  refuseAdministration,
  serviceOf,
  signsOf,
  type VerifiedClaims,
} from "@platform-api/server/domain";
import type { Explainer } from "@platform-api/server/trial";
import type { ServerConfig } from "../../config/config.ts";

/** Notes whether the token may administer. That it may not refuses nothing else. */
export function noteAdministration(
  claims: VerifiedClaims,
  admins: AdminClients,
  explainer: Pick<Explainer, "note" | "warn">,
): void {
  const { source, clientId } = claims;
  const entry = source === "auth0" ? (clientId ?? "an application that the token does not name") : source;
  const refusal = refusalOf(() => refuseAdministration(claims, admins));
  if (refusal === null) {
    explainer.note("administration", `through ${entry}: in ADMIN_CLIENT_IDS, so the role decides`);
    return;
  }
  const { reason, message } = refusal;
  const listed =
    reason === "CLIENT_NOT_ALLOWED" ? ` (ADMIN_CLIENT_IDS: ${[...admins].join(", ") || "unset"})` : "";
  explainer.note("administration", `through ${entry}: ${reason}: ${message}${listed}`);
  explainer.warn(`it may not administer organizations: ${reason}`);
}

/** Notes what a machine may ask as a service. A person's token is never one. */
export function noteService(
  claims: VerifiedClaims,
  config: Pick<ServerConfig, "SERVICE_CLIENTS" | "AUTH0_OTHER_STRATEGIES">,
  explainer: Pick<Explainer, "note">,
): void {
  const serviceClients = config.SERVICE_CLIENTS;
  const settings = { otherStrategies: config.AUTH0_OTHER_STRATEGIES, serviceClients };
  if (signsOf(claims, settings).machine === null) return;
  const refusal = refusalOf(() => {
    const { clientId, permissions } = serviceOf(claims, settings);
    explainer.note("service", `${clientId}: SERVICE_CLIENTS allows it ${[...permissions].join(", ")}`);
  });
  if (refusal === null) return;
  const listed = [...serviceClients.keys()].join(", ") || "unset";
  explainer.note("service", `${refusal.reason}: ${refusal.message} (SERVICE_CLIENTS: ${listed})`);
}

function refusalOf(judge: () => void): Refusal | null {
  try {
    judge();
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
