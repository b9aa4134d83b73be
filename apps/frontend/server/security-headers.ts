import type { FrontendConfigFile } from "../src/app/config/config.ts";

/**
 * Allows only our own scripts and styles, connections only to the configured services, and images only of ours and the
 * logo. `docs/deploy-frontend.md` and `deploy/frontend` quote the result.
 */
export function securityHeaders(config: FrontendConfigFile): Record<string, string> {
  const { issuer, platformUrl, agenticBackendUrl, emailVerificationUrl = issuer, logo } = config;
  const urls = [issuer, platformUrl, agenticBackendUrl, emailVerificationUrl];
  const services = [...new Set(urls.map((url) => new URL(url).origin))].join(" ");
  const images = logo === undefined || logo.startsWith("/") ? "" : ` ${new URL(logo).origin}`;
  const rest = "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return {
    "content-security-policy": `default-src 'self'; connect-src 'self' ${services}; img-src 'self'${images}; ${rest}`,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  };
}
