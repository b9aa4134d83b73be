import { secretProblem } from "@platform-api/server/adapters";
import { flag, httpUrl, list, mainPort, safeUrl } from "./values.ts";

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

const ALL_OF = new Intl.ListFormat("en-GB");

const MAIL_VARIABLES = ["SMTP_URL", "MAIL_FROM", "FRONTEND_URL"] as const;

/** Shorter times for tests. In production they would weaken what people rely on. */
const TEST_TIMES = [
  "INVITATION_TTL_MS",
  "INVITATION_RESEND_MS",
  "CLAIM_TTL_MS",
  "DOMAIN_GRACE_MS",
  "SSO_TEST_AGE_MS",
  "CLOSING_NOTICE_MS",
] as const;

/** The first machine application, for set-ups. */
const SET_UP_VARIABLES = [
  "AUTH0_MANAGEMENT_CLIENT_ID",
  "AUTH0_MANAGEMENT_CLIENT_SECRET",
  "AUTH0_SELF_SERVICE_PROFILE_ID",
] as const;

/** The second one, for what happens to users. */
const EVENTS_VARIABLES = ["AUTH0_EVENTS_CLIENT_ID", "AUTH0_EVENTS_CLIENT_SECRET"] as const;

const LEGACY_VARIABLES = ["PLATFORM_JWT_ISSUER", "PLATFORM_JWT_AUDIENCE", "PLATFORM_JWT_SECRET"] as const;

/** What is missing of variables that are set together or not at all. @param what needs them, such as "mails need" */
function incomplete(env: Environment, variables: readonly string[], what: string): string[] {
  const missing = variables.filter((variable) => env[variable] === undefined);
  if (missing.length === variables.length) return [];
  return missing.map((variable) => `${variable} is missing: ${what} ${ALL_OF.format(variables)}`);
}

/** The tenant's address alone does nothing. */
function incompleteSetUps(env: Environment): string[] {
  const isAddressUsed = EVENTS_VARIABLES.some((variable) => env[variable] !== undefined);
  const begun = isAddressUsed ? SET_UP_VARIABLES : (["AUTH0_MANAGEMENT_URL", ...SET_UP_VARIABLES] as const);
  if (begun.every((variable) => env[variable] === undefined)) return [];
  const all = ["AUTH0_MANAGEMENT_URL", ...SET_UP_VARIABLES, "AUTH0_APP_CLIENT_IDS"];
  return incomplete(env, all, "setting up SSO at Auth0 needs");
}

/** The second machine application without its variables, or without the tenant's address. */
export function incompleteEvents(env: Environment): string[] {
  if (EVENTS_VARIABLES.every((variable) => env[variable] === undefined)) return [];
  const all = ["AUTH0_MANAGEMENT_URL", ...EVENTS_VARIABLES];
  return incomplete(env, all, "ending sessions at Auth0, and its events, need");
}

/** Contradictions between variables, reported even if others are invalid by themselves. */
export function contradictions(env: Environment): string[] {
  const problems: string[] = [];
  problems.push(...incomplete(env, LEGACY_VARIABLES, "legacy tokens need"));
  if (env.METRICS_PORT !== undefined && samePort(env.METRICS_PORT, env.PORT)) {
    problems.push("METRICS_PORT must not be PORT: unset it to have /metrics on PORT");
  }
  const issuer = env.PLATFORM_JWT_ISSUER;
  if (issuer !== undefined && list("").parse(env.AUTH0_ISSUER).includes(issuer)) {
    problems.push("PLATFORM_JWT_ISSUER must not be an Auth0 issuer: each issuer has one kind of key");
  }
  problems.push(...incomplete(env, MAIL_VARIABLES, "mails need"));
  problems.push(...incompleteSetUps(env), ...incompleteEvents(env));
  problems.push(...refusedInProduction(env));
  if (!flag.safeParse(env.AUTH0_TEST_MODE).data) return problems;
  const weakness = secretProblem(env.AUTH0_TEST_SECRET ?? "");
  if (weakness !== null) problems.push(`AUTH0_TEST_SECRET is not a safe secret: ${weakness}`);
  return problems;
}

function refusedInProduction(env: Environment): string[] {
  if (env.NODE_ENV === "development" || env.NODE_ENV === "test") return [];
  const set = TEST_TIMES.filter((variable) => env[variable] !== undefined);
  const isTestMode = flag.safeParse(env.AUTH0_TEST_MODE).data === true;
  return [...set, ...(isTestMode ? ["AUTH0_TEST_MODE"] : [])].map(
    (variable) => `${variable} is refused: NODE_ENV is not development or test, so this is production`,
  );
}

/** Any two free ports differ. */
function samePort(one: string, other: string | undefined): boolean {
  const port = mainPort.safeParse(one).data;
  return port !== 0 && port === mainPort.safeParse(other).data;
}

/** The directory returns the UUID: over plain http, anyone on the network path could return another user's. */
export function insecureDirectory({
  CLJ_PG_WRAPPER_URL: url,
  CLJ_PG_WRAPPER_INSECURE,
}: Environment): string[] {
  if (!httpUrl.safeParse(url).success || safeUrl.safeParse(url).success) return [];
  if (flag.safeParse(CLJ_PG_WRAPPER_INSECURE).data) return [];
  return [
    "CLJ_PG_WRAPPER_URL must be an https address, or http on a loopback address; CLJ_PG_WRAPPER_INSECURE=1 accepts http elsewhere",
  ];
}
