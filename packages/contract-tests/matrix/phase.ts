import { type Memory, rememberedMemberships } from "./memory.ts";
import type { State } from "./state.ts";
import type { Request, User, World } from "./world.ts";

/** What a procedure answers, with users, addresses and organizations as the model names them. */
export type Answer = Readonly<Record<string, unknown>>;

/** How far a request has come. Phases are atomic; requests at the same time take turns by phases. */
export interface Progress {
  /** Whom an unlinked subject is to be linked to. */
  readonly candidate: User | null;
  readonly user: User | null;
  /** Whether joining was offered, so that of several joins at once each may answer the membership. */
  readonly offered: boolean;
  readonly answer: Answer | null;
}

export type Branch = readonly [State, Progress];

export const BEGUN: Progress = { candidate: null, user: null, offered: false, answer: null };

export type Phase = (state: State, progress: Progress, asked: Asked) => readonly Branch[];

export interface Asked extends Request {
  readonly memory: Memory;
  /** What the process believes in this phase; what stores something asks `state.world` besides. */
  readonly world: World;
  readonly remembers: boolean;
}

/** The person's memberships as the process may see them. */
export function membershipsOf(
  state: State,
  user: User,
  { remembers, memory }: Asked,
): State["memberships"][] {
  return remembers ? rememberedMemberships(memory, state, user) : [state.memberships];
}
