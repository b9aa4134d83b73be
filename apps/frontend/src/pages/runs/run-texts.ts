import type { StandingEnded } from "@platform-api/client/standings";
import { branded } from "../../app/config/brand.ts";
import { isFinal, STATUS_NAMES } from "./run-status.tsx";
import type { Run, RunStatus, Step } from "./runs-client.ts";

interface StepText {
  readonly name: string;
  /** What a language model would do in place of the rule. */
  readonly model: string;
}

export const STEP_TEXTS = {
  read: {
    name: "Read the document",
    model: "A language model would also say what kind of document it is.",
  },
  find: {
    name: "Find headings, dates and numbers",
    model: "A language model would also say what each of them is about.",
  },
  summarize: {
    name: "Write a summary",
    model: "A language model would write it in its own words. The rule picks the sentences that say most.",
  },
  publish: {
    name: "Publish the result",
    model: "A language model would not publish by itself either. A person approves first.",
  },
} as const satisfies Record<Step["name"], StepText>;

interface StepState {
  /** A step is drawn as a run in the same state. */
  readonly glyph: RunStatus;
  /** Beside the name of the step. */
  readonly text: string;
}

/** How far a step has come. */
export function stepState(step: Step, run: Run): StepState {
  const { status, durationMs } = step;
  const took = durationMs === undefined ? "" : durationText(durationMs);
  if (status === "done") return { glyph: "succeeded", text: took || "Done" };
  if (status === "failed") return { glyph: "failed", text: took ? `Failed after ${took}` : "Failed" };
  const isNext = run.steps.find((each) => each.status !== "done")?.name === step.name;
  if (isFinal(run) && isNext) return { glyph: run.status, text: "Not finished" };
  if (isFinal(run) || run.status === "failed") return { glyph: "queued", text: "Not reached" };
  if (status === "running") return { glyph: "running", text: "Working…" };
  return status === "waiting"
    ? { glyph: "waiting", text: "Waiting for you" }
    : { glyph: "queued", text: "Not yet" };
}

/** "0.4 s", "12 s", "2 min 5 s", "3 h 20 min". */
export function durationText(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [minutes, hours] = [Math.floor(whole / 60), Math.floor(whole / 3_600)];
  if (minutes === 0) return `${whole} s`;
  return hours === 0 ? `${minutes} min ${whole % 60} s` : `${hours} h ${minutes % 60} min`;
}

/** Why a run ended early. */
export type StopReason = StandingEnded["reason"];

interface StopText {
  readonly title: string;
  readonly what: string;
  /** What the user can do next. */
  readonly next: string;
}

/** `{organization}` and `{product}` stand for their names. */
const STOPS = {
  NOT_A_MEMBER: {
    title: "you were not a member of {organization}",
    what: "A run ends when the person who started it is not a member.",
    next: "An administrator of {organization} can invite you. As a member, start a new run.",
  },
  MEMBERSHIP_REMOVED: {
    title: "you were removed from {organization}",
    what: "A run ends when the person who started it is no longer a member.",
    next: "An administrator of {organization} can restore you. As a member again, start a new run.",
  },
  ROLE_REQUIRED: {
    title: "your role in {organization} has changed",
    what: "Your new role does not allow this run.",
    next: "An administrator of {organization} can change it back. With your former role, start a new run.",
  },
  IDENTITY_BLOCKED: {
    title: "your account was blocked",
    what: "An administrator of {product} or of your company blocked it.",
    next: "If you think this is a mistake, ask your administrator. With access again, start a new run.",
  },
  TOKEN_REVOKED: {
    title: "the sign-in that started it was ended",
    what: "You signed out everywhere, or an administrator ended your sign-ins.",
    next: "Once you have signed in again, start a new run.",
  },
  SSO_REQUIRED: {
    title: "{organization} now requires single sign-on",
    what: "You started this run with another sign-in, which no longer counts there.",
    next: "Once you have signed in with SSO, start a new run.",
  },
  STORE_UNAVAILABLE: {
    title: "we could not check your access",
    what: "{product} did not say for too long whether you are still a member of {organization}.",
    next: "This was an outage, and not about you. Start a new run.",
  },
} as const satisfies Record<StopReason, StopText>;

const UNKNOWN_STOP: StopText = {
  title: "your access has changed",
  what: "Something about your account or your membership of {organization} has changed.",
  next: "Sign in again, and start a new run. If that is refused, it says why.",
};

/** What the page says of a run that ended early. */
export function stopText(reason: string | undefined, organization: string): StopText {
  const { title, what, next } = isStopReason(reason) ? STOPS[reason] : UNKNOWN_STOP;
  const named = (text: string) => branded(text).replaceAll("{organization}", () => organization);
  return { title: `Stopped: ${named(title)}`, what: named(what), next: named(next) };
}

function isStopReason(reason: string | undefined): reason is StopReason {
  return reason !== undefined && Object.hasOwn(STOPS, reason);
}

/** What a screen reader hears of a change. Empty if there was none to speak of. */
export function changeText(before: Run, now: Run, organization: string): string {
  const changed = now.steps.filter(
    ({ name, status }) => before.steps.find((step) => step.name === name)?.status !== status,
  );
  const ended = changed.filter(({ status }) => status === "done" || status === "failed");
  const texts = ended.map(({ name, status }) => `${STEP_TEXTS[name].name}: ${status}`);
  if (before.status !== now.status) {
    const isStopped = now.status === "stopped";
    texts.push(isStopped ? stopText(now.stopped, organization).title : STATUS_NAMES[now.status]);
  }
  return texts.join(". ");
}
