import { z } from "zod";
import type { RecordStore } from "../records/record-store.ts";
import type { Account } from "./accounts.ts";

const ofAccount = z.object({ jti: z.string(), accountId: z.string().optional() });

/** Ends one session: of a browser, at all applications that it signed in to. */
export type EndSession = (id: string) => Promise<void>;

/** The sessions and refresh tokens of users. */
export class Sessions {
  readonly #records: RecordStore;
  #endSession: EndSession = async (id) => this.#records.remove("Session", id);

  constructor(records: RecordStore) {
    this.#records = records;
  }

  /** The protocol knows who has to be told that a session ends. */
  endBy(endSession: EndSession): void {
    this.#endSession = endSession;
  }

  /** Ends every session of the user. */
  async end({ subject }: Account, { keepsRefreshTokens = false } = {}): Promise<void> {
    if (!keepsRefreshTokens)
      for (const id of this.#of("RefreshToken", subject)) this.#records.remove("RefreshToken", id);
    for (const id of this.#of("Session", subject)) await this.#endSession(id);
  }

  #of(kind: string, subject: string): readonly string[] {
    const all = this.#records.list(kind, ofAccount);
    return all.filter(({ accountId }) => accountId === subject).map(({ jti }) => jti);
  }
}
