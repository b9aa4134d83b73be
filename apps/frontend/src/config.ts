import { z } from "zod";

// Else zod tries `new Function`, which the content security policy reports. Before the first schema is made.
z.config({ jitless: true });

const address = z.url({ protocol: /^https?$/, error: "must be an http or https address" });
const text = z.string("must be a text").min(1, "must not be empty");

/** `/config.json`: the app is built once, and told at run time where it is. `issuer` is exactly as in tokens. */
export const configSchema = z.object(
  { issuer: address, clientId: text, audience: text, platformUrl: address, agenticBackendUrl: address },
  "must be an object",
);

export type FrontendConfig = z.output<typeof configSchema>;

/** @throws naming every key of `/config.json` that is wrong, and how to mend it */
export async function loadConfig(): Promise<FrontendConfig> {
  const response = await fetch("/config.json", { cache: "no-store" });
  if (!response.ok) throw new Error(`/config.json answered ${response.status}; the server must serve it`);
  const json: unknown = await response.json().catch(() => "no JSON");
  const { data, error } = configSchema.safeParse(json);
  if (data) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join(".") || "it"} ${message}`);
  throw new Error(`/config.json: ${problems.join("; ")}`);
}
