import { type Memory, rememberedMemberships } from "./memory.ts";
import type { State } from "./state.ts";
import type { Request, Setup, User } from "./vocabulary.ts";

/** A procedure's answer, in the model's names of users, addresses and organizations. */
export type Answer = Readonly<Record<string, unknown>>;

/** The progress of a request. Phases are atomic, and concurrent requests take turns between phases. */
export interface Progress {
  /** The user to whom an unlinked subject will be linked. */
  readonly candidate: User | null;
  readonly user: User | null;
  /** Whether joining was offered, so that each of several concurrent joins may answer with the membership. */
  readonly offered: boolean;
  readonly answer: Answer | null;
}

export type Branch = readonly [State, Progress];

export const BEGUN: Progress = { candidate: null, user: null, offered: false, answer: null };

export type Phase = (state: State, progress: Progress, asked: Asked) => readonly Branch[];

export interface Asked extends Request {
  readonly memory: Memory;
  /** The setup that the process sees in this phase. Phases that store something also read `state.setup`. */
  readonly setup: Setup;
  readonly remembers: boolean;
}

/** The user's memberships that the process may see. */
export function membershipsOf(
  state: State,
  user: User,
  { remembers, memory }: Asked,
): State["memberships"][] {
  return remembers ? rememberedMemberships(memory, state, user) : [state.memberships];
}
