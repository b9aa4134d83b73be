import { fileURLToPath } from "node:url";
import { z } from "zod";

const PORT = "must be a port: a number from 1 to 65535";
const port = (fallback: number) =>
  z.coerce.number(PORT).int(PORT).min(1, PORT).max(65_535, PORT).default(fallback);

const schema = z.object({
  /** The origins of your own apps. They may sign users in, and call platform-api and agentic-backend. */
  APP_ORIGINS: z
    .string()
    .default("")
    .transform((text): string[] => (text.match(/[^\s,]+/g) ?? []).map(withoutSlash))
    .pipe(
      z
        .array(z.string())
        .refine(
          (all) => all.every(isHttpOrigin),
          "must be origins such as http://localhost:5173, without a path",
        ),
    ),
  PLATFORM_API_PORT: port(4_000),
  AGENTIC_BACKEND_PORT: port(4_001),
  FRONTEND_PORT: port(4_002),
  IDENTITY_PROVIDER_PORT: port(4_003),
  /** Serves the identity provider over https. */
  IDENTITY_PROVIDER_TLS: z
    .enum(["1", "true", "0", "false"], "must be 1 or 0")
    .default("0")
    .transform((value) => value === "1" || value === "true"),
  USER_DIRECTORY_PORT: port(4_004),
  DYNAMODB_PORT: port(4_005),
  DNS_PORT: port(4_006),
  MAILBOX_PORT: port(4_007),
  MAILBOX_SMTP_PORT: port(4_008),
  /** The folder of the embedded stores. */
  DATA_FOLDER: z.string().default(".data"),
  /** A PostgreSQL for the user directory instead of the embedded one. */
  DATABASE_URL: z
    .string()
    .refine(
      (value) => /^postgres(ql)?:/.test(value) && URL.canParse(value),
      "must be an address such as postgres://user:password@host/database",
    )
    .optional(),
  /** The organizations file for `org apply`. It also defines the identity provider's connections. */
  ORGANIZATIONS_FILE: z
    .string()
    .default(fileURLToPath(new URL("../example/organizations.json", import.meta.url))),
});

/** As an address bar shows an origin, it ends in a slash. */
function withoutSlash(origin: string): string {
  return origin.replace(/\/$/, "");
}

function isHttpOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.parse(text)?.origin === text;
}

/** Variables of platform-api that may be set for `start` as well. */
const PASSED_ON = [
  "ADMIN_CLIENT_IDS",
  "DNS_RECORD_LABEL",
  "KEEP_ALIVE_MS",
  "MAX_CONNECTIONS",
  "MAX_EVENT_LOOP_DELAY_MS",
  "MAX_IN_FLIGHT",
  "METRICS_PORT",
  "RATE_LIMIT_DISCOVER_PER_MINUTE",
  "RATE_LIMIT_FAILED_TOKENS_PER_MINUTE",
  "RATE_LIMIT_SERVICES_PER_MINUTE",
  "SERVICE_CLIENTS",
  "TRUSTED_PROXY_HOPS",
];

export type StartConfig = z.output<typeof schema> & {
  /** Variables of platform-api, as they are set. */
  readonly passedOn: Readonly<Record<string, string>>;
};

/** The defaults of all variables. */
export const DEFAULTS: StartConfig = { ...schema.parse({}), passedOn: {} };

/** The environment of a child process of `start`. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}

/** @throws when variables are invalid. The message lists each one */
export function readStartConfig(env: NodeJS.ProcessEnv = process.env): StartConfig {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const result = schema.safeParse(set);
  const passedOn = Object.fromEntries(PASSED_ON.flatMap((name) => (set[name] ? [[name, set[name]]] : [])));
  if (result.success) return { ...result.data, passedOn };
  const problems = result.error.issues.map(({ path, message }) => `${String(path[0])} ${message}`);
  throw new Error(problems.join("\n"));
}
