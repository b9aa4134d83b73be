/**
 * The names under which any Microsoft tenant can sign in (Microsoft identity platform, "Endpoints"). The last one is the
 * tenant of all personal accounts.
 */
const COMMON_TENANTS = ["common", "organizations", "consumers", "9188040d-6c67-4c5b-b112-36a304b66dad"];

/** As Auth0's SDK writes the flag of its strategy `waad`, as its Go SDK does, and in the spelling of its other options. */
const SPELLINGS = ["useCommonEndpoint", "waad_common_endpoint", "use_common_endpoint"];

const OFF: readonly unknown[] = [undefined, null, false, "false", "", 0];

/** Why it is not known whether a connection uses the common endpoint. */
export const OPTIONS_HIDDEN =
  "the answer lacks the connection's options: the client's grant lacks the scope read:connections_options";

/** The options that name a Microsoft tenant. */
const TENANT_OPTIONS = ["tenant_domain", "tenantId", "tenant_id", "tenant", "domain"];

/** Nobody signs in there: also a single tenant's sign-out can lead to the common endpoint. */
const SIGN_OUT_OPTIONS = ["signOutEndpoint", "end_session_endpoint"];

/** Where Microsoft signs users in, in any of its clouds: not its pages, its APIs or the logos of its sign-in pages. */
const SIGN_IN_HOST =
  /(?:^|\.)(?:(?<!aadcdn\.)microsoftonline(?:-p)?\.(?:com|us|de|cn)|(?:login[\w-]*|sts|accounts\.accesscontrol)\.(?:windows(?:-ppe)?\.net|microsoft\.com|chinacloudapi\.cn|usgovcloudapi\.net))\.?$/;

/** Personal accounts only, in place of a tenant: the issuer of Microsoft's older endpoint. */
const PERSONAL_ACCOUNTS = /(?:^|\.)login\.live\.com\.?$/;

/** The keys of all tenants, which the discovery document of a single tenant names (version 1.0), and the sign-out. */
const NO_SIGN_IN =
  /^(?:common|organizations|consumers)\/(?:discovery\/(?:v2\.0\/)?keys|oauth2\/(?:v2\.0\/)?logout)$/i;

/** The first segment of the addresses of one tenant: an id or a domain. Anything else counts as the common endpoint. */
const ONE_TENANT = /^(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|(?:[\da-z-]+\.)+[a-z][\da-z-]*)(?:\/|$)/i;
const COMMON_TENANT = new RegExp(String.raw`^(?:${COMMON_TENANTS.join("|")})(?![\w-]|\.\w)`, "i");

/** The issuer that the common endpoint's discovery document names. */
const ANY_TENANT = /(?:\{|%7B)(?: |%20)*tenant[-_ ]?(?:id)?(?: |%20)*(?:\}|%7D)/i;

/** How XML, JSON and addresses write a character, each with the base of its number. */
const ESCAPES = [
  [/&#(\d+);/g, 10],
  [/&#x([\da-f]+);/gi, 16],
  [/\\u([\da-f]{4})/gi, 16],
  [/%([\da-f]{2})/gi, 16],
] as const;

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
    if (SIGN_OUT_OPTIONS.includes(name)) continue;
    let reading = text;
    const readings = new Set<string>();
    for (const [character, base] of ESCAPES) {
      reading = reading.replaceAll(character, (_, code) => String.fromCharCode(Number.parseInt(code, base)));
      readings.add(reading);
    }
    // Which of them Auth0 follows is not known.
    for (const each of readings)
      if (namesAnyTenant(name, each) || addressesIn(each).some(isOfAnyTenant)) return true;
  }
  return false;
}

function namesAnyTenant(name: string, text: string): boolean {
  if (!TENANT_OPTIONS.includes(name)) return ANY_TENANT.test(text) && /issuer/i.test(`${name} ${text}`);
  return (
    ANY_TENANT.test(text) || COMMON_TENANT.test(pathOf(new URL(`https://tenant.example/${text.trim()}`)))
  );
}

function isOfAnyTenant(address: URL): boolean {
  if (PERSONAL_ACCOUNTS.test(address.hostname)) return true;
  if (!SIGN_IN_HOST.test(address.hostname)) return false;
  if (ANY_TENANT.test(address.href)) return true;
  const path = pathOf(address);
  return path !== "" && !NO_SIGN_IN.test(path) && (!ONE_TENANT.test(path) || COMMON_TENANT.test(path));
}

const pathOf = (address: URL) => address.pathname.split("/").filter(Boolean).join("/");

/** What a browser makes of the text, and of each part of it that can be an address, with or without its scheme. */
const addressesIn = (text: string) =>
  [
    text,
    ...text.split(/["'<>]/),
    ...text.split(/["'<>\s]+|(?=https?:)|(?<![\w.-])(?=login|sts|accounts|microsoftonline)/i),
  ]
    .flatMap((part) => [part, `https://${part}`])
    .filter((address) => URL.canParse(address))
    .map((address) => new URL(address));

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
