import {
  type ClosingMail,
  currentTrace,
  type Invitation,
  type InvitationMail,
  type Mailer,
  type Outbox,
  traceRequest,
} from "../../domain/index.ts";

/** Mails that are sent concurrently. */
const AT_ONCE = 4;

export interface OutboxOptions {
  readonly mailer: Pick<Mailer, "sendInvitation" | "sendRestoreRequest" | "sendClosing">;
  /** How long one mail may take, and then storing its outcome, in milliseconds. */
  readonly timeoutMs: number;
  /** Stores what became of the invitation's mail. */
  settle(invitation: Invitation, outcome: Outcome, signal: AbortSignal): Promise<unknown>;
  /** An outcome could not be stored: the mail counts as sending, and later as failed. */
  onUnsettled(cause: unknown): void;
}

type Outcome = "sent" | "failed";

/** The mailer has logged why one has failed. */
function outcomeOf(sending: Promise<void>): Promise<Outcome> {
  return sending.then(
    () => "sent" as const,
    () => "failed" as const,
  );
}

/** Sends mails one after the other, after the answers of their requests. */
export function createOutbox({ mailer, timeoutMs, settle, onUnsettled }: OutboxOptions): Outbox & {
  /** Resolves when every mail so far has its outcome. */
  idle(): Promise<void>;
} {
  const waiting: (() => Promise<void>)[] = [];
  const working = new Set<Promise<void>>();
  let busy = 0;

  async function work(): Promise<void> {
    busy += 1;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
    busy -= 1; // in the step that found nothing to do: a mail posted after it needs another worker
  }

  async function send(invitation: Invitation, mail: InvitationMail): Promise<void> {
    const outcome = await outcomeOf(mailer.sendInvitation(mail, AbortSignal.timeout(timeoutMs)));
    await settle(invitation, outcome, AbortSignal.timeout(timeoutMs)).catch(onUnsettled);
  }

  function queue(send: () => Promise<void>): void {
    const trace = currentTrace();
    // A worker belongs to the request that started it.
    waiting.push(() => (trace === null ? send() : traceRequest(trace, send)));
    if (busy >= AT_ONCE) return;
    const worker = work().finally(() => working.delete(worker));
    working.add(worker);
  }

  return {
    post: (invitation, mail) => queue(() => send(invitation, mail)),
    postRestoreRequest: (mail) =>
      queue(() => mailer.sendRestoreRequest(mail, AbortSignal.timeout(timeoutMs)).catch(() => {})),
    postClosing(mails, settleClosing) {
      const outcomes: Outcome[] = [];
      const sendOne = async (mail: ClosingMail) => {
        outcomes.push(await outcomeOf(mailer.sendClosing(mail, AbortSignal.timeout(timeoutMs))));
        if (outcomes.length < mails.length) return;
        const outcome = outcomes.includes("failed") ? "failed" : "sent";
        await settleClosing(outcome, AbortSignal.timeout(timeoutMs)).catch(onUnsettled);
      };
      for (const mail of mails) queue(() => sendOne(mail));
    },
    async idle() {
      while (working.size > 0) await Promise.all(working);
    },
  };
}
