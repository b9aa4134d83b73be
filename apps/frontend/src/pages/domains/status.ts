import type { Organization, Role } from "@platform-api/client";
import type { IconName } from "../../design/icon.tsx";
import { lockOf } from "../../organization/setting-lock.ts";
import type { Domain } from "../../organization/trusted-domains.ts";
import { type DnsRecord, type Found, registeredOf } from "./domain.ts";

/** How a status looks. Its text says the same. */
export type StatusTone = "quiet" | "busy" | "good" | "warn" | "bad";

/** What is known of a domain. Names and values of DNS stand between backticks. */
export interface Status {
  readonly icon: IconName;
  readonly tone: StatusTone;
  readonly text: string;
  /** What to expect or to do, where the text does not say it. */
  readonly hint?: string;
  /** What stands in DNS in place of our value, whole. */
  readonly seen?: readonly string[];
}

/** The organization's settings that decide what a verified domain does. */
export type JoinSettings = Pick<Organization, "jit" | "defaultRole" | "enforceSso" | "locked">;

const DAY_MS = 86_400_000;
/** How long a domain stays trusted without its record. */
const GRACE_MS = 14 * DAY_MS;
/** As many characters of a value tell it apart from ours, usually. */
const ENDING = 3;

export function statusOf(domain: Domain, settings: JoinSettings | undefined, now: Date): Status {
  switch (domain.state) {
    case "verified":
      return { icon: "check", tone: "good", text: verifiedText(domain.domain, settings) };
    case "missing":
      return { icon: "alert", tone: "warn", text: missingText(domain.lapsesAt, now) };
    case "lapsed":
      return {
        icon: "alert",
        tone: "bad",
        text: "The record was gone for too long, so this domain no longer counts.",
        hint: "Put the record back, then check again.",
      };
    case "pending":
      return findingOf(domain) ?? { icon: "clock", tone: "quiet", text: "Looking for the record" };
  }
}

/** What the last check saw in place of the record. Null if it saw the record, and before the first check. */
export function findingOf({ domain, record, found }: Domain): Status | null {
  return found && record && statusOfFound(found, record, domain);
}

function statusOfFound(found: Found, record: DnsRecord, domain: string): Status {
  const { host, name } = record;
  switch (found.kind) {
    case "nothing":
      return {
        icon: "clock",
        tone: "quiet",
        text: "Nothing there yet",
        hint: "A new record can take minutes, sometimes hours, to appear.",
      };
    case "oneResolver":
      return {
        icon: "clock",
        tone: "busy",
        text: `Seen by ${found.seenBy} of ${found.resolvers} resolvers`,
        hint: "The rest usually follows within minutes.",
      };
    case "doubledDomain": {
      const seen = `${name}.${registeredOf(record)}`;
      return warning(`Found at \`${seen}\`: your provider appended the domain, enter only \`${host}\``);
    }
    case "atApex":
      return warning(`Found at \`${domain}\` itself: enter \`${host}\` as the name of the record`);
    case "wrongValue":
      return { ...warning(wrongValueText(found.values[0] ?? "", record.value)), seen: found.values };
    case "unreachable":
      return {
        icon: "cloud",
        tone: "quiet",
        text: "DNS is not answering at the moment",
        hint: "This says nothing about your record.",
      };
  }
}

function warning(text: string): Status {
  return { icon: "alert", tone: "warn", text };
}

function wrongValueText(seen: string, ours: string): string {
  if (seen.includes(ours))
    return "Our value is there, with more around it: enter it without quotes or spaces";
  let length = ENDING;
  while (length < ours.length && seen.slice(-length) === ours.slice(-length)) length += 1;
  return `A value ending …${seen.slice(-length)} is there; ours ends …${ours.slice(-length)}`;
}

/** How people of a verified domain become members. */
export interface Joining {
  readonly text: string;
  /** Where the reader can change it; null if they cannot. */
  readonly link: { readonly page: "sign-in" | "settings"; readonly text: string } | null;
}

interface JoiningFacts {
  readonly settings: JoinSettings | undefined;
  readonly connections: readonly { readonly state: string }[] | undefined;
  /** Of the reader. */
  readonly role: Role;
}

/** Null for a domain that is not verified, and while the settings or the connections are not known. */
export function joiningOf(
  { state }: Pick<Domain, "state">,
  { settings, connections, role }: JoiningFacts,
): Joining | null {
  if (state !== "verified" || settings === undefined || connections === undefined) return null;
  const isChangeable = lockOf("jit", settings, role) === null;
  const link = isChangeable ? ({ page: "settings", text: "Change how people join" } as const) : null;
  if (!settings.jit) return { text: "", link };
  if (!connections.some((each) => each.state === "enabled"))
    return {
      text: `Until you connect single sign-on, they press Join after signing in. ${EXCEPTION}`,
      link: role === "owner" ? { page: "sign-in", text: "Connect single sign-on" } : null,
    };
  const how = settings.enforceSso
    ? "Single sign-on is required, so they join at once."
    : "Through your single sign-on they join at once; with a password they press Join after signing in.";
  return { text: `${how} ${EXCEPTION}`, link };
}

const EXCEPTION = "Those who were removed stay out.";

function verifiedText(domain: string, settings: Partial<JoinSettings> = {}): string {
  const { jit = true, defaultRole = "member" } = settings;
  if (!jit) return `People with an @${domain} address join when you invite them.`;
  // An owner by default is never made: see the server's `defaultRoleOf`.
  const roles = defaultRole === "member" ? "members" : "admins";
  return `People who sign in with @${domain} now join as ${roles}.`;
}

const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "long" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long" });

function missingText(lapsesAt: string | null, now: Date): string {
  if (lapsesAt === null) return "The record has been gone since the last check. Put it back.";
  const end = new Date(lapsesAt);
  const since = sinceText(new Date(end.getTime() - GRACE_MS), now);
  return `The record has been gone${since}. Put it back before ${day.format(end)}; until then nothing changes.`;
}

/** Empty where the grace is another than usual, as in development, so that the start is not known. */
function sinceText(start: Date, now: Date): string {
  const days = Math.round((dayOf(now) - dayOf(start)) / DAY_MS);
  if (days < 0) return "";
  if (days < 2) return days === 0 ? " since today" : " since yesterday";
  return ` since ${(days < 7 ? weekday : day).format(start)}`;
}

function dayOf(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
