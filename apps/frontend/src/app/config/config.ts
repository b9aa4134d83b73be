import * as z from "zod/mini";
import "./zod-without-eval.ts";

const address = z.url({ protocol: /^https?$/, error: "must be an http or https address" });
const text = z.string("must be a string").check(z.minLength(1, "must not be empty"));

/** A file beside the app, or an http or https address. */
const logo = z
  .string()
  .check(z.regex(/^(?:\/(?!\/)|https?:\/\/)/, "must be a path such as /logo.svg, or an address"));
const accent = z.string().check(z.regex(/^#[0-9a-f]{6}$/i, "must be a colour such as #4b50c8"));
const link = z.url({ protocol: /^(?:https?|mailto)$/, error: "must be an http, https or mailto address" });

/** The shape of `/config.json`, which the app reads at run time. `issuer` must match the tokens exactly. */
export const configSchema = z.object(
  {
    issuer: address,
    clientId: text,
    audience: text,
    platformUrl: address,
    agenticBackendUrl: address,
    /** What the product is called. */
    name: z._default(text, "Platform"),
    /** Shown in place of the mark. */
    logo: z.optional(logo),
    /** The one colour of buttons and links. The app derives readable shades for both themes from it. */
    accent: z.optional(accent),
    /** Sends the verification e-mail again: a POST with the access token. 204 means sent, and 429 that one is on its way. */
    emailVerificationUrl: z.optional(address),
    /** Where people get help. */
    supportUrl: z.optional(link),
    /** Such as the terms and the privacy policy, shown below the sign-in page. */
    legalLinks: z._default(z.array(z.object({ label: text, url: link })), []),
  },
  "must be an object",
);

export type FrontendConfig = z.output<typeof configSchema>;

/** `/config.json` as it is written: what has a default may be left out. */
export type FrontendConfigFile = z.input<typeof configSchema>;

/** @throws an error that lists every invalid key of `/config.json` and how to fix it */
export function parseConfig(json: unknown): FrontendConfig {
  const { data, error } = configSchema.safeParse(json);
  if (data) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join(".") || "it"} ${message}`);
  throw new Error(`/config.json: ${problems.join("; ")}`);
}

/** @throws the error of {@link parseConfig}, or one that says what the server answered */
export async function loadConfig(): Promise<FrontendConfig> {
  const response = await fetch("/config.json", { cache: "no-store" });
  if (!response.ok) throw new Error(`/config.json answered ${response.status}, but the server must serve it`);
  return parseConfig(await response.json().catch(() => "no JSON"));
}
