import { describe, expect, it } from "vitest";
import type { Organization, OrganizationId } from "../organization.ts";
import { acmeAndGlobex, BY_PASSWORD } from "../testing/memory-ports.ts";
import {
  ACME,
  claims,
  ENTRA,
  GLOBEX,
  INITECH,
  JANE_EMAIL,
  organization,
  SETTINGS,
  trusted,
  UNBOUNDED,
} from "../testing/people.ts";
import type { ClaimedEmail } from "../token/claims.ts";
import {
  type AddressTrust,
  allEnforceSso,
  assess,
  grantingEmail,
  isSharedBy,
  judgeAddress,
  type TrustMode,
} from "./address-trust.ts";
import type { Login } from "./login.ts";

const SSO: Login = { via: "sso", connection: ENTRA };
const PASSWORD: Login = { via: "other", strategy: "auth0" };
const UNREGISTERED: Login = { via: "unregistered", connectionName: "waad" };
const acme = organization(ACME);
const globex = organization(GLOBEX);
const trustsAcme = organization(INITECH, { trusts: [ACME] });
const trustsGlobex = organization(ACME, { trusts: [GLOBEX] });
const enforcing = organization(ACME, { enforceSso: true });
const closed = organization(ACME, { enforceSso: true, state: "closed" });

/** The judgement in a few words. */
function inWords(trust: AddressTrust): string {
  if (trust.state === "absent") return "absent";
  if (trust.state === "refused") return trust.reason;
  const { rule, proof, wouldRefuse } = trust;
  const to = proof.to === "everyone" ? "everyone" : proof.organizationId;
  return `${rule} to ${to}${wouldRefuse === null ? "" : `, not ${wouldRefuse}`}`;
}

interface Case {
  readonly verifiers?: readonly Organization[];
  /** `email_verified` of the token. */
  readonly verified?: boolean;
  readonly mode?: TrustMode;
  readonly email?: ClaimedEmail;
}

function judged(login: Login, { verifiers = [], verified = false, mode = "enforce", email }: Case): string {
  const presented = claims({ emailVerified: verified, ...(email === undefined ? {} : { email }) });
  return inWords(judgeAddress(presented, login, { verifiers, trustMode: mode }));
}

describe("SSO of Acme", () => {
  it.each<[string, Case, string]>([
    ["proves an address of Acme's domain", { verifiers: [acme] }, "verified-domain to everyone"],
    ["proves it in report mode too", { verifiers: [acme], mode: "report" }, "verified-domain to everyone"],
    [
      "T41: cannot assert an address of another organization's domain",
      { verifiers: [globex] },
      "DOMAIN_NOT_ALLOWED",
    ],
    ["cannot assert it in report mode either", { verifiers: [globex], mode: "report" }, "DOMAIN_NOT_ALLOWED"],
    [
      "cannot assert an address of an unverified domain, whatever email_verified says",
      { verified: true },
      "DOMAIN_NOT_ALLOWED",
    ],
    ["proves it where Acme is closed", { verifiers: [closed] }, "verified-domain to everyone"],
    [
      "cannot assert an address of a closed organization's domain",
      { verifiers: [organization(GLOBEX, { state: "closed" })] },
      "DOMAIN_NOT_ALLOWED",
    ],
    ["is let in by report mode alone", { mode: "report" }, "report-mode to everyone, not DOMAIN_NOT_ALLOWED"],
    ["T71: proves a shared address to Acme alone", { verifiers: [globex, acme] }, "verified-domain to acme"],
    [
      "proves it to everyone if all trust it",
      { verifiers: [acme, trustsAcme] },
      "verified-domain to everyone",
    ],
    ["needs the trust of all", { verifiers: [acme, trustsAcme, globex] }, "verified-domain to acme"],
    [
      "gains nothing if Acme itself trusts the other",
      { verifiers: [trustsGlobex, globex] },
      "verified-domain to acme",
    ],
    ["has no address", { verifiers: [acme], email: { absent: "EMAIL_MISSING" } }, "absent"],
    [
      "has a bad address, in any mode",
      { mode: "report", email: { absent: "EMAIL_INVALID" } },
      "EMAIL_INVALID",
    ],
  ])("%s", (_, given, expected) => {
    expect(judged(SSO, given)).toBe(expected);
  });
});

describe("a login that is not SSO", () => {
  it.each<[string, Case, string]>([
    ["proves a verified address", { verified: true }, "verified-email to everyone"],
    [
      "proves it on a shared domain too",
      { verifiers: [acme, globex], verified: true },
      "verified-email to everyone",
    ],
    ["T40: cannot prove an unverified address", {}, "EMAIL_UNVERIFIED"],
    ["is let in by report mode alone", { mode: "report" }, "report-mode to everyone, not EMAIL_UNVERIFIED"],
    [
      "is refused in report mode on a verified domain",
      { verifiers: [acme], mode: "report" },
      "EMAIL_UNVERIFIED",
    ],
    ["reports the unverified address before enforced SSO", { verifiers: [enforcing] }, "EMAIL_UNVERIFIED"],
    [
      "proves an address of a closed organization's domain, which enforces nothing",
      { verifiers: [closed], verified: true },
      "verified-email to everyone",
    ],
    ["but no unverified one", { verifiers: [closed] }, "EMAIL_UNVERIFIED"],
    ["T4E: cannot bypass enforced SSO", { verifiers: [enforcing], verified: true }, "SSO_REQUIRED"],
    [
      "cannot bypass it in report mode either",
      { verifiers: [enforcing], verified: true, mode: "report" },
      "SSO_REQUIRED",
    ],
    [
      "T7J: passes if one of two enforces",
      { verifiers: [enforcing, globex], verified: true },
      "verified-email to everyone",
    ],
  ])("%s", (_, given, expected) => {
    expect(judged(PASSWORD, given)).toBe(expected);
  });
});

describe("a login without a registered connection", () => {
  it.each<[string, Login, Case, string]>([
    [
      "T4D: cannot assert an address",
      UNREGISTERED,
      { verifiers: [acme], verified: true },
      "DOMAIN_NOT_ALLOWED",
    ],
    [
      "is let in by report mode",
      UNREGISTERED,
      { mode: "report" },
      "report-mode to everyone, not DOMAIN_NOT_ALLOWED",
    ],
    [
      "cannot prove an address by a legacy token",
      { via: "platform" },
      { verifiers: [acme], verified: true },
      "DOMAIN_NOT_ALLOWED",
    ],
  ])("%s", (_, login, given, expected) => {
    expect(judged(login, given)).toBe(expected);
  });
});

describe("the address that an organization grants by", () => {
  const onlyTo = (organizationId: OrganizationId) =>
    trusted(JANE_EMAIL, { proof: { to: "organization", organizationId } });
  it.each<[string, AddressTrust, string | null]>([
    ["is proven to everyone", trusted(JANE_EMAIL), JANE_EMAIL],
    ["T71: may be proven to it alone", onlyTo(ACME), JANE_EMAIL],
    ["T71: never one proven only to another organization", onlyTo(GLOBEX), null],
    ["never one accepted by report mode", trusted(JANE_EMAIL, { rule: "report-mode" }), null],
    ["never a refused one", { state: "refused", reason: "EMAIL_UNVERIFIED" }, null],
    ["never an absent one", { state: "absent" }, null],
  ])("%s", (_, trust, email) => {
    expect(grantingEmail(trust, ACME)).toBe(email);
  });
});

it.each([
  ["no organization", false, false, []],
  ["Acme", false, false, [acme]],
  ["Acme, which enforces SSO,", true, false, [enforcing]],
  ["Acme, which is closed,", false, false, [closed]],
  ["Acme, which enforces SSO, and Globex", false, true, [enforcing, globex]],
  ["Acme and Globex, which trusts it,", false, false, [acme, trustsAcme]],
  ["Globex", false, true, [globex]],
] as const)(
  "where %s verified a domain, all enforce SSO: %s; Acme shares it: %s",
  (_, all, shared, verifiers) => {
    expect([allEnforceSso(verifiers), isSharedBy(verifiers, ACME)]).toEqual([all, shared]);
  },
);

describe("an assessment", () => {
  it("judges by the organizations that verified the domain of the address", async () => {
    const organizations = acmeAndGlobex();
    const { login, trust, verifiers } = await assess(claims(), organizations, SETTINGS, UNBOUNDED);
    expect([login, inWords(trust), verifiers.map(({ id }) => id)]).toEqual([
      SSO,
      "verified-domain to acme",
      [ACME, GLOBEX],
    ]);
  });

  it("reads nothing for a password without an address", async () => {
    const organizations = acmeAndGlobex();
    const presented = claims({ ...BY_PASSWORD, email: { absent: "EMAIL_MISSING" } });
    const assessment = await assess(presented, organizations, SETTINGS, UNBOUNDED);
    expect([assessment, organizations.asked]).toEqual([
      { login: PASSWORD, trust: { state: "absent" }, verifiers: [] },
      [],
    ]);
  });
});
