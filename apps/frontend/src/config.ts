import { z } from "zod";

// Otherwise zod tries `new Function`, which violates the content security policy. Must run before the first schema.
z.config({ jitless: true });

const address = z.url({ protocol: /^https?$/, error: "must be an http or https address" });
const text = z.string("must be a string").min(1, "must not be empty");

/** The shape of `/config.json`, which the app reads at run time. `issuer` must match the tokens exactly. */
export const configSchema = z.object(
  { issuer: address, clientId: text, audience: text, platformUrl: address, agenticBackendUrl: address },
  "must be an object",
);

export type FrontendConfig = z.output<typeof configSchema>;

/** @throws an error that lists every invalid key of `/config.json` and how to fix it */
export async function loadConfig(): Promise<FrontendConfig> {
  const response = await fetch("/config.json", { cache: "no-store" });
  if (!response.ok) throw new Error(`/config.json answered ${response.status}, but the server must serve it`);
  const json: unknown = await response.json().catch(() => "no JSON");
  const { data, error } = configSchema.safeParse(json);
  if (data) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join(".") || "it"} ${message}`);
  throw new Error(`/config.json: ${problems.join("; ")}`);
}
