import type { AuditAction } from "@platform-api/server/domain";
import { MILL } from "./company.ts";
import type { VerbProcess, VerbWorld } from "./world.ts";

/** What a change is about. Verbs of one subject meet on the same items. */
export type Subject =
  | "people"
  | "owners"
  | "settings"
  | "domains"
  | "connections"
  | "set-up"
  | "invitations"
  | "identity";

/** A change that somebody makes. */
export interface Verb {
  readonly subject: Subject;
  /** What must be so before it. */
  readonly prepare?: (at: VerbProcess, world: VerbWorld) => Promise<string>;
  readonly run: (at: VerbProcess, world: VerbWorld) => Promise<string>;
  /** Its transactions in their order, each by the actions that it records. */
  readonly commits: readonly (readonly AuditAction[])[];
  /** What is answered, and stores nothing, where one that was interrupted is repeated within some seconds. */
  readonly waits?: "OK" | "CONFLICT";
  /** Whether it does all of it again where it is repeated. */
  readonly isRepeated?: true;
  /** Whether it takes its set-up back where it fails. What it has recorded stays. */
  readonly takesBack?: true;
  /** Whether two of them at once may offer its invitation twice: what is open already is asked before the transaction. */
  readonly invitesTwice?: true;
  /** Whether its last transaction only counts an invitation less, which nothing makes up for. */
  readonly endsCounting?: true;
}

/** The procedures that some verb calls. */
export const CALLED = new Set<string>();

type Who = keyof VerbWorld["tokens"];

interface Call {
  /** Without the organization. */
  readonly input?: (world: VerbWorld) => object | Promise<object>;
  readonly organizationId?: string;
}

/** A call of the API by somebody, about the mill if nothing else is said. */
export function call(
  who: Who,
  path: string,
  { input = () => ({}), organizationId = MILL }: Call = {},
): Verb["run"] {
  CALLED.add(`org.${path}`);
  return async (at, world) =>
    at.call(`org.${path}`, world.tokens[who], { organizationId, ...(await input(world)) });
}

/** A login, which asks for the organizations of its user. */
export function login(who: Who): Verb["run"] {
  return (at, { tokens }) => at.call("org.me", tokens[who]);
}

/** A command of an operator. */
export function command(
  args: (world: VerbWorld) => readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Verb["run"] {
  return (at, world) => at.cli(args(world), settings);
}

/** Some verbs, one after the other, until one is refused. */
export function inTurn(...verbs: readonly Verb["run"][]): Verb["run"] {
  return async (at, world) => {
    for (const verb of verbs) {
      const outcome = await verb(at, world);
      if (outcome !== "OK") return outcome;
    }
    return "OK";
  };
}
