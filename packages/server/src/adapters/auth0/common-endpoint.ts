/** The `tenant_domain`s that any Microsoft tenant can sign in at (Microsoft identity platform, "Endpoints"). */
const COMMON_TENANTS = ["common", "organizations", "consumers"];

/** As Auth0's SDK writes it, as its Go SDK does, and in the spelling of its other options. */
const SPELLINGS = ["useCommonEndpoint", "waad_common_endpoint", "use_common_endpoint"];

const OFF: readonly unknown[] = [undefined, null, false, "false", ""];

/** Whether a connection's options let any Microsoft tenant sign in through it, and assert any address. */
export function isCommonEndpoint(options: Readonly<Record<string, unknown>>): boolean {
  // Anything but a clear "no" counts: the flag's type is not documented.
  if (SPELLINGS.some((name) => !OFF.includes(options[name]))) return true;
  const { tenant_domain: tenant } = options;
  return typeof tenant === "string" && COMMON_TENANTS.includes(tenant.trim().toLowerCase());
}
