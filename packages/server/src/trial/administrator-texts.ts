import type { TokenRules } from "../adapters/index.ts";
import { domainOf, type IdentityRules, type MembershipRules, type OrganizationId } from "../domain/index.ts";
import type { NewMemberships } from "./dry-run.ts";
import type { Texts } from "./explainer.ts";

/*
 * The rules in words for an administrator of an organization. They name no other organization, no user, no subject and no
 * address, and say what the administrator can do.
 */

const OPERATORS = "ask the operators of this platform";
const SIGN_IN_AGAIN = "sign in through this connection again, and hand over the whole access token";

const plain = (saw: string, fix: string) => ({ saw, expected: "", fix });

export const TOKEN_TEXTS: Texts<TokenRules> = {
  structure: ({ token }) => plain(`an access token of ${token.length} characters`, SIGN_IN_AGAIN),
  issuer: () => plain("the issuer of the token", `${SIGN_IN_AGAIN}: this one is of another sign-in service`),
  header: () => plain("the kind of the token", `${SIGN_IN_AGAIN}, not an ID token`),
  key: () => plain("the key that signed the token", SIGN_IN_AGAIN),
  signature: () => plain("the signature of the token", `${SIGN_IN_AGAIN}: this one was altered or cut`),
  audience: () =>
    plain("the service that the token is for", `${SIGN_IN_AGAIN}: this one is for another service`),
  subject: () =>
    plain("the user id of your identity provider", `${OPERATORS}: the token has no usable user id`),
  "key binding": () =>
    plain("whether the token is bound to a key", `${OPERATORS}: such a token cannot be used here`),
  application: () =>
    plain("the application that the token was issued to", `${OPERATORS}: the token names two applications`),
  actor: () => plain("who acts for the user", `${SIGN_IN_AGAIN}, as the person themselves`),
  "custom claims": () =>
    plain("what the sign-in says about the user", `${OPERATORS}: the token's claims contradict each other`),
  lifetime: () => plain("the time at which the token was issued, and until when it is valid", SIGN_IN_AGAIN),
};

/** How to fix an address that is not trusted, by why it is not. */
export const REFUSED_ADDRESSES: ReadonlyMap<string, string> = new Map([
  ["EMAIL_MISSING", "make your identity provider send the user's e-mail address"],
  ["EMAIL_INVALID", "make your identity provider send the user's e-mail address in the usual form"],
  [
    "DOMAIN_NOT_ALLOWED",
    "verify this domain for the organization, or test with an address of a verified one",
  ],
]);

/** Somebody who acts for a user did not sign in through the connection, so their token proves nothing about it. */
export const DELEGATION = plain(
  "somebody who acts for the user",
  `${SIGN_IN_AGAIN}, as the person themselves`,
);

interface Context {
  readonly organizationId: OrganizationId;
  /** Is called with the reason if the address is not trusted. */
  readonly onUntrusted: (reason: string) => void;
}

export function administratorTexts({ organizationId, onUntrusted }: Context) {
  return (memberships: NewMemberships): Texts<IdentityRules & MembershipRules> => ({
    person: ({ machine }) =>
      plain(machine === null ? "a token of a person" : "a token of a machine", "sign in as a person"),
    delegation: () => DELEGATION,
    connection: () =>
      plain("this organization's connection", "sign in through the connection that you want to test"),
    address: ({ claims, trust, verifiers }) => {
      if (trust.state === "refused") onUntrusted(trust.reason);
      if ("absent" in claims.email) {
        const isMissing = claims.email.absent === "EMAIL_MISSING";
        if (isMissing && claims.userId === null) onUntrusted("EMAIL_MISSING");
        return plain(isMissing ? "no e-mail address" : "an e-mail address that is not in the usual form", "");
      }
      const domain = domainOf(claims.email.canonical);
      const isOwn = verifiers.some(({ id }) => id === organizationId);
      const state = isOwn ? "which the organization has verified" : "which the organization has not verified";
      return plain(`an e-mail address of ${domain}, ${state}`, "");
    },
    "first login": () => plain("a person who signs in for the first time", OPERATORS),
    // Whether there is an account already, the administrator does not learn.
    user: () => plain("the person's account, which a first sign-in makes", ""),
    blocked: () =>
      plain(
        "whether operators of this platform have blocked the person",
        `the person is blocked: ${OPERATORS}, or test with another person`,
      ),
    revocation: () =>
      plain(
        "whether the sign-in has been blocked or ended since",
        "unblock the person at your identity provider, sign in through this connection again, and hand over the new access token",
      ),
    speakers: ({ speakers: { erasedAt } }) =>
      plain(
        "whether this sign-in may stand for the person's account",
        `the person's account ${erasedAt === null ? "belongs to another sign-in" : "was erased"}: ${OPERATORS}, or test with another person`,
      ),
    seat: ({ found, subject }) =>
      plain(
        found.subject === subject
          ? "no other account of your identity provider has this person's place"
          : "another account of your identity provider has this person's place",
        `the account was created again, or its address had another holder: ${OPERATORS}, or test with another person`,
      ),
    link: ({ isNew }) =>
      plain(
        isNew ? "the sign-in would be remembered for this person" : "the sign-in is known for this person",
        `this sign-in contradicts an earlier one of the person: ${OPERATORS}, or test with another person`,
      ),
    organization: ({ organization, membership }) => {
      const fix = "the person was removed from the organization: restore them, or test with another person";
      if (organization === null) return plain("the organization is closed", fix);
      if (membership === null) {
        const how = organization.jit ? "" : ", because a first sign-in makes nobody a member";
        return plain(`the person would not become a member${how}`, fix);
      }
      if (membership.status === "removed") return plain("the person was removed from the organization", fix);
      const verb = memberships.isNew(membership) ? "would become" : "is";
      return plain(`the person ${verb} ${membership.role} of the organization`, fix);
    },
  });
}
