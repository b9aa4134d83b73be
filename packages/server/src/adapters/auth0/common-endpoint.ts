/**
 * The names under which any Microsoft tenant can sign in (Microsoft identity platform, "Endpoints"). The last one is the
 * tenant of all personal accounts.
 */
const COMMON_TENANTS = ["common", "organizations", "consumers", "9188040d-6c67-4c5b-b112-36a304b66dad"];

/** As Auth0's SDK writes the flag of its strategy `waad`, as its Go SDK does, and in the spelling of its other options. */
const SPELLINGS = ["useCommonEndpoint", "waad_common_endpoint", "use_common_endpoint"];

const OFF: readonly unknown[] = [undefined, null, false, "false", ""];

/** Why it is not known whether a connection uses the common endpoint. */
export const OPTIONS_HIDDEN =
  "the answer lacks the connection's options: the client's grant lacks the scope read:connections_options";

/** The options that name a Microsoft tenant. */
const TENANT_OPTIONS = ["tenant_domain", "tenantId", "tenant_id", "domain"];

/**
 * An address of the common endpoint, in any of Microsoft's clouds. The keys of all tenants have such an address too, which
 * also the discovery document of a single tenant names (version 1.0).
 */
const COMMON_ADDRESS = new RegExp(
  String.raw`(?<![\w-])(?:microsoftonline(?:-p)?\.(?:com|us|de|cn)|windows(?:-ppe)?\.net|microsoft\.com|chinacloudapi\.cn)` +
    String.raw`\.?(?::\d+)?/+(?:${COMMON_TENANTS.join("|")})(?![\w.-])(?!/discovery/(?:v[\d.]+/)?keys)`,
  "i",
);

/** Personal accounts only, in place of a tenant: the issuer of Microsoft's older endpoint. */
const PERSONAL_ACCOUNTS = /(?<![\w.-])login\.live\.com(?![\w.-])/i;

/** The issuer that the common endpoint's discovery document names. */
const ANY_TENANT = /\{ *tenant[-_ ]?(?:id)? *\}/i;

/**
 * Whether a connection's options let any Microsoft tenant sign in through it, and assert any address. A connection of any
 * strategy can: `oidc` by the address of its discovery document, `samlp` and `adfs` by that of the metadata.
 * @returns null where Auth0 does not show the options
 */
export function isCommonEndpoint(
  options: Readonly<Record<string, unknown>> | null | undefined,
): boolean | null {
  if (options === null || options === undefined) return null;
  // Anything but a clear "no" counts: the flag's type is not documented.
  if (SPELLINGS.some((name) => !OFF.includes(options[name]))) return true;
  for (const [name, text] of textsIn(options)) {
    const plain = text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if ([COMMON_ADDRESS, PERSONAL_ACCOUNTS, ANY_TENANT].some((pattern) => pattern.test(plain))) return true;
    if (TENANT_OPTIONS.includes(name) && COMMON_TENANTS.includes(plain.trim().toLowerCase())) return true;
  }
  return false;
}

/** Every text with the name of its option, at any depth. Without recursion: Auth0's answer decides how deep it is. */
function* textsIn(options: Readonly<Record<string, unknown>>): Generator<readonly [string, string]> {
  const open: (readonly [string, unknown])[] = Object.entries(options);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [name, value] = next;
    if (typeof value === "string") yield [name, value];
    else if (Array.isArray(value)) for (const each of value) open.push([name, each]);
    else if (typeof value === "object" && value !== null)
      for (const entry of Object.entries(value)) open.push(entry);
  }
}
