import type { ServiceReason } from "@platform-api/client";
import type { SignInFault } from "../session.ts";

/** Everything that can stand between a person and the app, in one word. */
export type AppReason = ServiceReason | SignInFault | "RUNS_UNAVAILABLE";

/** What a person can do about it. */
export type FaultAction =
  | "tryNow"
  | "signInAgain"
  | "signInVerified"
  | "signInWithSso"
  | "signInDifferently"
  | "seeOrganizations"
  | "seeRuns"
  | "signOut";

/** What a person is told. */
export interface Fault {
  readonly title: string;
  /** What happened, in plain words. */
  readonly what: string;
  /** What to do next. */
  readonly next: string;
  /** The first one is the button that stands out. */
  readonly actions: readonly FaultAction[];
  /** `outage`: ask again every few seconds and say so. `quiet`: ask again, it may be mended elsewhere. */
  readonly watch?: "outage" | "quiet";
}

const SOON = "There is nothing you need to do. This page goes on by itself as soon as it can.";

export const FAULTS = {
  TOKEN_MISSING: {
    title: "You are signed out",
    what: "This tab no longer knows who you are.",
    next: "Sign in again, and you come back to where you were.",
    actions: ["signInAgain", "signInDifferently"],
  },
  TOKEN_INVALID: {
    title: "Please sign in again",
    what: "Platform does not accept this sign-in any more.",
    next: "Signing in again usually mends it. If it does not, tell your administrator the code below.",
    actions: ["signInAgain", "signInDifferently"],
  },
  TOKEN_EXPIRED: {
    title: "Your session has ended",
    what: "You have been signed in for a long time, and the sign-in could not be renewed.",
    next: "Sign in again with the same address, and you come back to where you were.",
    actions: ["signInAgain", "signInDifferently"],
  },
  CREDENTIALS_CONFLICT: {
    title: "Something changed your request",
    what: "A proxy or a browser extension has added credentials of its own to what this page sends.",
    next: "Switch it off for this site, or ask your administrator. Then try again.",
    actions: ["tryNow", "signOut"],
  },
  USER_TOKEN_REQUIRED: {
    title: "This sign-in is no person’s",
    what: "It belongs to a machine, and Platform is for people.",
    next: "Sign in with your own address.",
    actions: ["signInDifferently"],
  },
  EMAIL_MISSING: {
    title: "Your address did not arrive",
    what: "Platform knows people by their e-mail address, and your sign-in did not send one.",
    next: "Ask your administrator to have your company’s sign-in send e-mail addresses. Then sign in again.",
    actions: ["signInAgain", "signInDifferently"],
  },
  EMAIL_INVALID: {
    title: "Your address cannot be used",
    what: "The e-mail address that your sign-in sent is not one that mail could reach.",
    next: "Ask your administrator to correct it. Then sign in again.",
    actions: ["signInAgain", "signInDifferently"],
  },
  EMAIL_UNVERIFIED: {
    title: "Verify your e-mail address",
    what: "Nobody has shown yet that this mailbox is yours.",
    next: "Open the link in the verification e-mail that was sent to you. Then sign in again.",
    actions: ["signInVerified", "signInDifferently"],
  },
  DOMAIN_NOT_ALLOWED: {
    title: "This sign-in cannot vouch for your address",
    what: "Your e-mail address is of a domain that the company you signed in through has not registered.",
    next: "Use the address that this company gave you, or ask its administrator to register the domain.",
    actions: ["signInDifferently", "signOut"],
  },
  SSO_REQUIRED: {
    title: "Your company has its own sign-in",
    what: "Your organization accepts its single sign-on only, and you came with a password.",
    next: "Sign in through your company. It takes the same address.",
    actions: ["signInWithSso", "signInDifferently"],
  },
  IDENTITY_CONFLICT: {
    title: "This address belongs to another account",
    what: "Somebody has signed in with this address before, with another account or through another company.",
    next: "If that was you, ask support to join the two: tell them this address and the time.",
    actions: ["signInDifferently", "signOut"],
  },
  IDENTITY_BLOCKED: {
    title: "Your account is blocked",
    what: "An administrator of Platform has blocked it.",
    next: "If you think that this is a mistake, ask support.",
    actions: ["signOut", "signInDifferently"],
    watch: "quiet",
  },
  NOT_A_MEMBER: {
    title: "You are not in this organization",
    what: "It has no membership of yours, or this sign-in does not count there.",
    next: "Choose another organization, or ask an administrator of this one to invite you.",
    actions: ["seeOrganizations", "tryNow"],
    watch: "quiet",
  },
  MEMBERSHIP_REMOVED: {
    title: "You were removed from the organization",
    what: "An administrator has ended your membership of the organization that you signed in to.",
    next: "If that is a mistake, ask an administrator of the organization to bring you back.",
    actions: ["signOut", "signInDifferently"],
    watch: "quiet",
  },
  ROLE_REQUIRED: {
    title: "Your role does not allow this",
    what: "It takes another role in this organization.",
    next: "Ask an administrator of the organization for it.",
    actions: ["seeOrganizations"],
  },
  NOT_JOINABLE: {
    title: "This organization cannot be joined",
    what: "It is not open to your address, or you belong to it already.",
    next: "Look at your organizations again, or ask an administrator of that one to invite you.",
    actions: ["seeOrganizations"],
  },
  INPUT_INVALID: {
    title: "That was not understood",
    what: "Something in what was sent is not as it should be.",
    next: "Look at what you entered, and try again.",
    actions: ["tryNow"],
  },
  NOT_FOUND: {
    title: "There is nothing here",
    what: "It has been removed, belongs to another organization, or never was.",
    next: "Check the address, or begin again from your runs.",
    actions: ["seeRuns"],
  },
  TOO_LARGE: {
    title: "That was too much at once",
    what: "What was sent is larger than Platform takes.",
    next: "Send less, and try again.",
    actions: ["tryNow"],
  },
  RATE_LIMITED: {
    title: "A little too fast",
    what: "There were more requests from here than Platform takes in a minute.",
    next: "Wait a minute; this page then goes on by itself.",
    actions: ["tryNow"],
    watch: "quiet",
  },
  KEYS_UNAVAILABLE: {
    title: "Sign-ins cannot be checked at the moment",
    what: "Platform is waiting for the sign-in service. Your session is fine.",
    next: SOON,
    actions: ["tryNow"],
    watch: "outage",
  },
  DIRECTORY_UNAVAILABLE: {
    title: "We cannot look you up at the moment",
    what: "The directory of people does not answer. Your sign-in went well.",
    next: SOON,
    actions: ["tryNow", "signOut"],
    watch: "outage",
  },
  STORE_UNAVAILABLE: {
    title: "Your data is out of reach at the moment",
    what: "The place where Platform keeps its data does not answer. Nothing is lost.",
    next: SOON,
    actions: ["tryNow"],
    watch: "outage",
  },
  OVERLOADED: {
    title: "Very busy at the moment",
    what: "Many people are signing in at once.",
    next: SOON,
    actions: ["tryNow"],
    watch: "outage",
  },
  DRAINING: {
    title: "Back in a moment",
    what: "Platform is being restarted.",
    next: SOON,
    actions: ["tryNow"],
    watch: "outage",
  },
  INTERNAL: {
    title: "Something went wrong on our side",
    what: "It is a fault of Platform, and nothing that you did.",
    next: "Try again in a moment. If it stays, tell support the code below and the time.",
    actions: ["tryNow", "signOut"],
    watch: "quiet",
  },
  PLATFORM_UNAVAILABLE: {
    title: "Platform is not answering",
    what: "Either your connection is down, or we are.",
    next: SOON,
    actions: ["tryNow"],
    watch: "outage",
  },
  RUNS_UNAVAILABLE: {
    title: "Runs are not available at the moment",
    what: "The service that runs your workflows does not answer. Everything else works.",
    next: SOON,
    actions: ["tryNow"],
    watch: "outage",
  },
  IDENTITY_PROVIDER_UNAVAILABLE: {
    title: "The sign-in service is not answering",
    what: "Platform cannot reach the service that signs people in.",
    next: SOON,
    actions: ["tryNow", "signInDifferently"],
    watch: "outage",
  },
  SIGN_IN_REFUSED: {
    title: "You were not signed in",
    what: "The sign-in was cancelled, or the sign-in service did not let you in.",
    next: "Try it once more. If you are refused again, ask your administrator for access.",
    actions: ["signInAgain", "signInDifferently"],
  },
  SIGN_IN_LOST: {
    title: "This sign-in is out of date",
    what: "It took too long, was finished in another tab, or this page was opened a second time.",
    next: "Begin again; it takes a moment.",
    actions: ["signInAgain", "signInDifferently"],
  },
} as const satisfies Record<AppReason, Fault>;
