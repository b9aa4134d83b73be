import { API_AUDIENCE } from "../identity-provider/clients.ts";

/** Where the pieces of the development stack are, from the environment. */
export interface TokenConfig {
  readonly platformApiUrl: string;
  readonly identityProviderUrl: string;
  readonly audience: string;
}

/** @throws when a variable holds no URL */
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
