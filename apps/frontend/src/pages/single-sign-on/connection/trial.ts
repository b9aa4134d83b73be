import { brand } from "../../../app/config/brand.ts";
import type { IconName } from "../../../design/icon.tsx";
import type { Tone } from "../../../design/text/badge.tsx";
import type { Connection } from "./connection.ts";
import type { Rung } from "./ladder.ts";

/** A test of a connection: where it stands, or how it ended. */
export type Trial = { readonly connection: Connection } & (
  | { readonly kind: "blocked" | "signingIn" | "closed" | "checking" | "notOffered" | "unavailable" }
  | { readonly kind: "refused"; readonly saw: string }
  | { readonly kind: "failed"; readonly text: string }
  | {
      readonly kind: "judged";
      readonly passed: boolean;
      readonly rungs: readonly Rung[];
      /** How many rules were checked: more than rungs. */
      readonly checks: number;
    }
);

/** A trial in words. */
export interface TrialText {
  readonly state: string;
  readonly tone: Tone;
  readonly icon: IconName;
  readonly text: string;
}

export function trialText(trial: Trial): TrialText {
  const { displayName } = trial.connection;
  const ended = { state: "Not tested", tone: "warn", icon: "alert" } as const;
  switch (trial.kind) {
    case "signingIn":
      return {
        state: "Signing in",
        tone: "accent",
        icon: "external",
        text: `Sign in through ${displayName} in the window that has opened. You stay signed in here.`,
      };
    case "checking":
      return { state: "Checking", tone: "accent", icon: "clock", text: "The sign-in arrived. Checking it." };
    case "blocked":
      return {
        ...ended,
        text: "Your browser blocked the window. Allow pop-ups for this site, then test again.",
      };
    case "closed":
      return {
        ...ended,
        text: "The window was closed before the sign-in was complete. If it is still open, finish it there. Otherwise test again.",
      };
    case "notOffered":
      return {
        ...ended,
        text: `The sign-in page does not offer ${displayName} yet. After a change it can take a few seconds. Then test again.`,
      };
    case "unavailable":
      return { ...ended, text: "The sign-in service did not answer. Test again in a moment." };
    case "failed":
      return { ...ended, text: trial.text };
    case "refused":
      return {
        state: "Failed",
        tone: "bad",
        icon: "alert",
        text: `${displayName} did not complete the sign-in. It was cancelled, or your identity provider refused it. It said: “${trial.saw}”.`,
      };
    case "judged":
      return trial.passed
        ? {
            state: "Passed",
            tone: "good",
            icon: "check",
            text: `People can sign in through ${displayName}.`,
          }
        : {
            state: "Failed",
            tone: "bad",
            icon: "alert",
            text: `The sign-in through ${displayName} worked, but ${brand().name} would refuse it.`,
          };
  }
}
