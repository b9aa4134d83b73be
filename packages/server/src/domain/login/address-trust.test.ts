import { describe, expect, it } from "vitest";
import type { Organization, OrganizationId } from "../organization.ts";
import { acmeAndGlobex, BY_PASSWORD } from "../testing/memory-ports.ts";
import {
  ACME,
  claims,
  ENDED,
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
const UNREGISTERED: Login = { via: "unregistered", connectionName: "waad", state: "unknown" };
const acme = organization(ACME);
const globex = organization(GLOBEX);
const trustsAcme = organization(INITECH, { trusts: [ACME] });
const trustsGlobex = organization(ACME, { trusts: [GLOBEX] });
const enforcing = organization(ACME, { enforceSso: true });
const closedGlobex = organization(GLOBEX, ENDED);
const closed = organization(ACME, { enforceSso: true, ...ENDED });

/** The judgement in a few words. */
function inWords(trust: AddressTrust): string {
  if (trust.state === "absent") return "absent";
  if (trust.state === "refused") return trust.reason;
  const { rule, proof, wouldRefuse } = trust;
  const to = proof.to === "everyone" ? "everyone" : proof.organizationId;
  return `${rule} to ${to}${wouldRefuse === null ? "" : `, not ${wouldRefuse}`}`;
}

/** What the token says of its address, and the mode. */
interface Given {
  /** `email_verified` of the token. */
  readonly verified?: boolean;
  readonly mode?: TrustMode;
  readonly email?: ClaimedEmail;
}
const VERIFIED: Given = { verified: true };
const REPORT: Given = { mode: "report" };
const LET_IN = "report-mode to everyone, not DOMAIN_NOT_ALLOWED";
type Row = readonly [string, readonly Organization[], Given, string];

function judged(login: Login, verifiers: readonly Organization[], given: Given): string {
  const { verified = false, mode = "enforce", email } = given;
  const presented = claims({ emailVerified: verified, ...(email === undefined ? {} : { email }) });
  return inWords(judgeAddress(presented, login, { ...SETTINGS, verifiers, trustMode: mode }));
}

describe("SSO of Acme", () => {
  const TO_ALL = "verified-domain to everyone";
  const TO_ACME = "verified-domain to acme";
  const REFUSED = "DOMAIN_NOT_ALLOWED";
  it.each<Row>([
    ["proves an address of Acme's domain", [acme], {}, TO_ALL],
    ["proves it in report mode too", [acme], REPORT, TO_ALL],
    ["T41: cannot assert an address of another organization's domain", [globex], {}, REFUSED],
    ["cannot assert it in report mode either", [globex], REPORT, REFUSED],
    ["cannot assert one of an unverified domain, whatever email_verified says", [], VERIFIED, REFUSED],
    ["proves it where Acme is closed", [closed], {}, TO_ALL],
    ["cannot assert an address of a closed organization's domain", [closedGlobex], {}, REFUSED],
    ["is let in by report mode alone", [], REPORT, LET_IN],
    ["T71: proves a shared address to Acme alone", [globex, acme], {}, TO_ACME],
    ["proves it to everyone if all trust it", [acme, trustsAcme], {}, TO_ALL],
    ["needs the trust of all", [acme, trustsAcme, globex], {}, TO_ACME],
    ["gains nothing if Acme itself trusts the other", [trustsGlobex, globex], {}, TO_ACME],
    ["has no address", [acme], { email: { absent: "EMAIL_MISSING" } }, "absent"],
    ["has a bad one, in any mode", [], { ...REPORT, email: { absent: "EMAIL_INVALID" } }, "EMAIL_INVALID"],
  ])("%s", (_, verifiers, given, expected) => {
    expect(judged(SSO, verifiers, given)).toBe(expected);
  });
});

describe("a login that is not SSO", () => {
  const PROVEN = "verified-email to everyone";
  it.each<Row>([
    ["proves a verified address", [], VERIFIED, PROVEN],
    ["proves it on a shared domain too", [acme, globex], VERIFIED, PROVEN],
    ["T40: cannot prove an unverified address", [], {}, "EMAIL_UNVERIFIED"],
    ["is let in by report mode alone", [], REPORT, "report-mode to everyone, not EMAIL_UNVERIFIED"],
    ["is refused in report mode on a verified domain", [acme], REPORT, "EMAIL_UNVERIFIED"],
    ["reports the unverified address before enforced SSO", [enforcing], {}, "EMAIL_UNVERIFIED"],
    ["proves one of a closed organization's domain, which enforces nothing", [closed], VERIFIED, PROVEN],
    ["but no unverified one", [closed], {}, "EMAIL_UNVERIFIED"],
    ["T4E: cannot bypass enforced SSO", [enforcing], VERIFIED, "SSO_REQUIRED"],
    ["cannot bypass it in report mode either", [enforcing], { ...VERIFIED, ...REPORT }, "SSO_REQUIRED"],
    ["T7J: passes if one of two enforces", [enforcing, globex], VERIFIED, PROVEN],
  ])("%s", (_, verifiers, given, expected) => {
    expect(judged(PASSWORD, verifiers, given)).toBe(expected);
  });
});

describe("a login without a registered connection", () => {
  it.each<[string, Login, readonly Organization[], Given, string]>([
    ["T4D: cannot assert an address", UNREGISTERED, [acme], VERIFIED, "DOMAIN_NOT_ALLOWED"],
    ["is let in by report mode", UNREGISTERED, [], REPORT, LET_IN],
    ["cannot prove one by a legacy token", { via: "platform" }, [acme], VERIFIED, "DOMAIN_NOT_ALLOWED"],
  ])("%s", (_, login, verifiers, given, expected) => {
    expect(judged(login, verifiers, given)).toBe(expected);
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
    expect([allEnforceSso(verifiers, SETTINGS), isSharedBy(verifiers, ACME)]).toEqual([all, shared]);
  },
);

describe("an assessment", () => {
  it("judges by the organizations that verified the domain of the address", async () => {
    const organizations = acmeAndGlobex();
    const { login, trust, verifiers } = await assess(claims(), organizations, SETTINGS, UNBOUNDED);
    expect([login, inWords(trust), verifiers.map(({ id }) => id)]).toMatchObject([
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
