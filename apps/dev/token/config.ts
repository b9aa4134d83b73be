import { API_AUDIENCE } from "../identity-provider/tenant/clients.ts";

/** The addresses of the development stack, from the environment. */
export interface TokenConfig {
  readonly platformApiUrl: string;
  readonly identityProviderUrl: string;
  readonly audience: string;
}

/** @throws when a variable is not a URL */
export function readConfig(env: NodeJS.ProcessEnv = process.env): TokenConfig {
  return {
    platformApiUrl: urlOf("PLATFORM_API_URL", env.PLATFORM_API_URL ?? "http://127.0.0.1:4000"),
    identityProviderUrl: urlOf("IDENTITY_PROVIDER_URL", env.IDENTITY_PROVIDER_URL ?? "http://127.0.0.1:4003"),
    audience: env.AUTH0_AUDIENCE ?? API_AUDIENCE,
  };
}

function urlOf(variable: string, value: string): string {
  const url = URL.parse(value);
  if (url === null) throw new Error(`${variable} must be a URL`);
  return url.href;
}
