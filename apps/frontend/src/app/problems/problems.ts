import type { ServiceReason } from "@platform-api/client";
import type { SignInProblem } from "../session/session.ts";

/** The reason for a problem page or notice: from a service, or from the sign-in. */
export type AppReason = ServiceReason | SignInProblem | "RUNS_UNAVAILABLE";

/** The buttons that problems offer. */
export const LABELS = {
  tryNow: "Try now",
  signInAgain: "Sign in again",
  signInVerified: "I have verified it",
  signInWithSso: "Sign in with SSO",
  signInDifferently: "Use a different address",
  seeOrganizations: "See your organizations",
  seeRuns: "Go to your runs",
  signOut: "Sign out",
} as const;

export type ProblemAction = keyof typeof LABELS;

/** The texts and buttons of a problem. In texts, `{product}` stands for the configured name. */
export interface Problem {
  readonly title: string;
  readonly what: string;
  /** What the user can do next. */
  readonly next: string;
  /** The first one is the primary button. */
  readonly actions: readonly ProblemAction[];
  /** `outage`: retry every few seconds and say so. `quiet`: retry, because an administrator may fix it. */
  readonly watch?: "outage" | "quiet";
}

const OUTAGE = {
  next: "No action needed. This page will reconnect automatically.",
  actions: ["tryNow"],
  watch: "outage",
} as const;

export const PROBLEMS = {
  TOKEN_MISSING: {
    title: "You are signed out",
    what: "This tab is no longer signed in.",
    next: "Sign in again to return to this page.",
    actions: ["signInAgain", "signInDifferently"],
  },
  TOKEN_INVALID: {
    title: "Please sign in again",
    what: "{product} no longer accepts this sign-in.",
    next: "Signing in again usually fixes this. If not, send your administrator the details below.",
    actions: ["signInAgain", "signInDifferently"],
  },
  TOKEN_EXPIRED: {
    title: "Your session has ended",
    what: "Your session has expired and could not be renewed.",
    next: "Sign in again with the same address to return to this page.",
    actions: ["signInAgain", "signInDifferently"],
  },
  TOKEN_REVOKED: {
    title: "You were signed out",
    what: "You signed out somewhere else, or an administrator ended your sign-in.",
    next: "Sign in again to return to this page.",
    actions: ["signInAgain", "signInDifferently"],
  },
  CREDENTIALS_CONFLICT: {
    title: "Something changed your request",
    what: "A proxy or browser extension added its own credentials to the request.",
    next: "Turn it off for this site, or ask your administrator. Then try again.",
    actions: ["tryNow", "signOut"],
  },
  USER_TOKEN_REQUIRED: {
    title: "This account can’t be used here",
    what: "It is a service account.",
    next: "Sign in with your own address.",
    actions: ["signInDifferently"],
  },
  CLIENT_NOT_ALLOWED: {
    title: "This application can’t manage organizations",
    what: "{product} has not allowed it to.",
    next: "Send support the details below.",
    actions: ["tryNow", "signOut"],
  },
  DELEGATION_NOT_ALLOWED: {
    title: "Only the person themselves can do this",
    what: "You are signed in on behalf of somebody else.",
    next: "Ask them to do it, or sign in with your own address.",
    actions: ["signInDifferently", "signOut"],
  },
  EMAIL_MISSING: {
    title: "We didn’t get your e-mail address",
    what: "Your company’s sign-in didn’t share it with us.",
    next: "Ask your administrator to include e-mail addresses in your company’s sign-in. Then sign in again.",
    actions: ["signInAgain", "signInDifferently"],
  },
  EMAIL_INVALID: {
    title: "Your e-mail address is not valid",
    what: "The address we got from your sign-in cannot receive e-mail.",
    next: "Ask your administrator to correct it. Then sign in again.",
    actions: ["signInAgain", "signInDifferently"],
  },
  EMAIL_UNVERIFIED: {
    title: "Verify your e-mail address",
    what: "You haven’t verified this address yet.",
    next: "Open the link in the verification e-mail that was sent to you. If you come back to this page afterwards, it goes on by itself.",
    actions: ["signInVerified", "signInDifferently"],
  },
  DOMAIN_NOT_ALLOWED: {
    title: "Your e-mail domain isn’t registered",
    what: "The company you signed in with hasn’t registered the domain of your address.",
    next: "Use the address that this company gave you, or ask its administrator to register the domain.",
    actions: ["signInDifferently", "signOut"],
  },
  SSO_REQUIRED: {
    title: "Your company has its own sign-in",
    what: "Your organization requires single sign-on.",
    next: "Sign in with SSO using the same address.",
    actions: ["signInWithSso", "signInDifferently"],
  },
  IDENTITY_CONFLICT: {
    title: "This address belongs to another account",
    what: "Someone has already signed in with this address, using a different account.",
    next: "If that was you, ask support to join the two accounts, and send them the details below.",
    actions: ["signInDifferently", "signOut"],
  },
  IDENTITY_BLOCKED: {
    title: "Your account is blocked",
    what: "An administrator of {product} or of your company has blocked it.",
    next: "If you think this is a mistake, ask your administrator, or send support the details below.",
    actions: ["signOut", "signInDifferently"],
    watch: "quiet",
  },
  NOT_A_MEMBER: {
    title: "You are not in this organization",
    what: "You are not a member, or there is no organization at this address.",
    next: "Choose one of your organizations, or ask an administrator of this one to invite you.",
    actions: ["seeOrganizations", "tryNow"],
    watch: "quiet",
  },
  MEMBERSHIP_REMOVED: {
    title: "You were removed from the organization",
    what: "An administrator ended your membership, or you left.",
    next: "Only an administrator of the organization can let you back in.",
    actions: ["signOut", "signInDifferently"],
    watch: "quiet",
  },
  ROLE_REQUIRED: {
    title: "Your role does not allow this",
    what: "This action requires a different role in this organization.",
    next: "Ask an administrator of the organization to change your role.",
    actions: ["seeOrganizations"],
  },
  NOT_JOINABLE: {
    title: "You cannot join this organization",
    what: "It is not open to your address, or you are already a member.",
    next: "Check your organizations, or ask an administrator of that organization to invite you.",
    actions: ["seeOrganizations"],
  },
  LAST_OWNER: {
    title: "The last owner must stay",
    what: "This organization would have no owner left.",
    next: "Make someone else an owner first. Then try again.",
    actions: ["tryNow"],
  },
  CONFLICT: {
    title: "This has changed in the meantime",
    what: "Someone else changed it after you opened this page.",
    next: "Check how it looks now, then repeat the change if it is still needed.",
    actions: ["tryNow"],
  },
  NOT_READY: {
    title: "Something else comes first",
    what: "This needs another step that has not been done yet.",
    next: "Complete that step. Then try again.",
    actions: ["tryNow"],
  },
  LIMIT_REACHED: {
    title: "The limit has been reached",
    what: "This organization cannot have more of these.",
    next: "Remove one that you no longer need. Then try again.",
    actions: ["tryNow"],
  },
  INPUT_INVALID: {
    title: "That request was not valid",
    what: "Something in the request is missing or wrong.",
    next: "Check what you entered, and try again.",
    actions: ["tryNow"],
  },
  NOT_FOUND: {
    title: "Not found",
    what: "It was removed, belongs to another organization, is somebody else’s, or never existed.",
    next: "Check the address of this page, or go to your runs.",
    actions: ["seeRuns"],
  },
  TOO_LARGE: {
    title: "Too large",
    what: "Your request is over the size limit.",
    next: "Shorten it, and try again.",
    actions: ["tryNow"],
  },
  RATE_LIMITED: {
    title: "Too many requests",
    what: "There were too many requests from your network in the last minute.",
    next: "Wait a minute. This page will then try again automatically.",
    actions: ["tryNow", "signInAgain"],
    watch: "quiet",
  },
  KEYS_UNAVAILABLE: {
    title: "We can’t check your sign-in right now",
    what: "{product} is waiting for the sign-in service. You are still signed in.",
    ...OUTAGE,
  },
  DIRECTORY_UNAVAILABLE: {
    title: "We can’t look up your account right now",
    what: "The user directory is not responding. Your sign-in succeeded.",
    ...OUTAGE,
    actions: ["tryNow", "signOut"],
  },
  STORE_UNAVAILABLE: {
    title: "Your data is unavailable right now",
    what: "Our database is not responding. No data has been lost.",
    ...OUTAGE,
  },
  OVERLOADED: {
    title: "{product} is very busy right now",
    what: "It has more requests than it can answer at once.",
    ...OUTAGE,
  },
  DRAINING: {
    title: "Back in a moment",
    what: "{product} is restarting.",
    ...OUTAGE,
  },
  INTERNAL: {
    title: "Something went wrong on our side",
    what: "This is an error in {product}. It was not caused by anything you did.",
    next: "Try again in a moment. If it happens again, send support the details below.",
    actions: ["tryNow", "signOut"],
    watch: "quiet",
  },
  PLATFORM_UNAVAILABLE: {
    title: "{product} is not responding",
    what: "It may be down, or something in your network keeps you from it.",
    ...OUTAGE,
  },
  AUTH0_UNAVAILABLE: {
    title: "The sign-in service is not responding",
    what: "{product} cannot set up sign-in at the moment. Everything else works.",
    ...OUTAGE,
  },
  RUNS_UNAVAILABLE: {
    title: "Runs are unavailable right now",
    what: "The service that runs your workflows is not responding. Everything else works.",
    ...OUTAGE,
  },
  IDENTITY_PROVIDER_UNAVAILABLE: {
    title: "The sign-in service is not responding",
    what: "{product} cannot reach the service that signs you in.",
    ...OUTAGE,
    actions: ["tryNow", "signInDifferently"],
  },
  SIGN_IN_REFUSED: {
    title: "You were not signed in",
    what: "The sign-in was cancelled, or the sign-in service refused it.",
    next: "Try again. If you are refused again, ask your administrator for access.",
    actions: ["signInAgain", "signInDifferently"],
  },
  SIGN_IN_LOST: {
    title: "This sign-in has expired",
    what: "It took too long, was completed in another tab, or this page was opened twice.",
    next: "Please sign in again.",
    actions: ["signInAgain", "signInDifferently"],
  },
} as const satisfies Record<AppReason, Problem>;
