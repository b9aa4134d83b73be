import { describe, expect, it } from "vitest";
import { type ClosingMail, type InvitationMail, MailFailed, parseEmail } from "../../domain/index.ts";
import { JOE_EMAIL } from "../../domain/testing/people.ts";
import { ACME, invitation, JANE_EMAIL, NOON, valid } from "../dynamodb/testing/examples.ts";
import { createOutbox, type OutboxOptions } from "./outbox.ts";

const MAIL: InvitationMail = {
  to: JANE_EMAIL,
  organizationName: "Acme",
  role: "admin",
  invitedBy: null,
  inviterName: null,
  isOperators: false,
  expiresAt: NOON,
};
const OTHER = valid(parseEmail("other@acme.example"));
const CLOSING: ClosingMail = {
  to: JANE_EMAIL,
  organizationId: ACME,
  organizationName: "Acme",
  by: JANE_EMAIL,
  byName: null,
  isOperators: false,
  closesAt: NOON,
  isCalledOff: false,
};
const FAILED = new MailFailed("refused", { cause: null, responseCode: 550 });

const SENDS: OutboxOptions["mailer"] = {
  sendInvitation: async () => {},
  sendRestoreRequest: async () => {},
  sendClosing: async () => {},
};

/** An outbox whose mails wait until they are let go. */
function outboxWith(overrides: Partial<OutboxOptions> = {}) {
  const begun: ((error?: Error) => void)[] = [];
  const settled: string[] = [];
  const unsettled: unknown[] = [];
  const mailer: OutboxOptions["mailer"] = {
    sendRestoreRequest: async () => {},
    sendClosing: async ({ to }) => {
      if (to !== JANE_EMAIL) throw FAILED;
    },
    sendInvitation: (_, signal) =>
      new Promise((resolve, reject) => {
        begun.push((error) => (error === undefined ? resolve() : reject(error)));
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  };
  const outbox = createOutbox({
    mailer,
    timeoutMs: 60_000,
    settle: async ({ invitationId }, outcome) => void settled.push(`${invitationId} ${outcome}`),
    onUnsettled: (cause) => void unsettled.push(cause),
    ...overrides,
  });
  const post = (invitationId: string) => outbox.post(invitation({ invitationId }), MAIL);
  return { ...outbox, post, begun, settled, unsettled };
}

/** Until nothing more happens by itself. */
const quiet = () => new Promise((resolve) => setImmediate(resolve));

describe("the outbox", () => {
  it("sends after the post, in order, four at once, and stores each outcome", async () => {
    const { post, begun, settled, idle } = outboxWith();
    for (const id of ["a", "b", "c", "d", "e", "f"]) post(id);
    expect(begun.length).toBeLessThanOrEqual(4);
    await quiet();
    expect([begun.length, settled]).toEqual([4, []]);
    begun[1]?.();
    await quiet();
    expect([begun.length, settled]).toEqual([5, ["b sent"]]);
    for (let n = 0; n < 6; n += 1) {
      begun[n]?.();
      await quiet();
    }
    await idle();
    expect(settled.sort()).toEqual(["a sent", "b sent", "c sent", "d sent", "e sent", "f sent"]);
  });

  it("goes on after a mail that failed", async () => {
    const { post, begun, settled, idle } = outboxWith();
    for (const id of ["a", "b"]) post(id);
    await quiet();
    begun[0]?.(FAILED);
    begun[1]?.();
    await idle();
    expect(settled).toEqual(["a failed", "b sent"]);
  });

  it("goes on after an outcome that could not be stored", async () => {
    const cause = new Error("no store");
    let left = 1;
    const settled: string[] = [];
    const { post, unsettled, idle } = outboxWith({
      mailer: SENDS,
      settle: async ({ invitationId }, outcome) => {
        if (left-- > 0) throw cause;
        settled.push(`${invitationId} ${outcome}`);
      },
    });
    for (const id of ["a", "b", "c", "d", "e"]) post(id);
    await idle();
    expect([settled, unsettled]).toEqual([["b sent", "c sent", "d sent", "e sent"], [cause]]);
  });

  it("gives a mail server up that does not answer", async () => {
    const { post, settled, idle } = outboxWith({ timeoutMs: 10 });
    post("a");
    await idle();
    expect(settled).toEqual(["a failed"]);
  });

  it("sends what is posted at any moment while the last mails are settled", async () => {
    for (let steps = 0; steps < 12; steps += 1) {
      const { post, settled, idle } = outboxWith({ mailer: SENDS });
      for (const id of ["a", "b", "c", "d"]) post(id);
      for (let step = 0; step < steps; step += 1) await null;
      post("e");
      await idle();
      expect(settled.sort(), `posted after ${steps} steps`).toContain("e sent");
    }
  });

  it("sends the request of a removed member once, also behind one that failed", async () => {
    const sent: string[] = [];
    const sendRestoreRequest = async ({ to }: { to: string }) => {
      sent.push(to);
      throw FAILED;
    };
    const { postRestoreRequest, idle, settled } = outboxWith({ mailer: { ...SENDS, sendRestoreRequest } });
    const request = { organizationId: ACME, organizationName: "Acme", email: JANE_EMAIL };
    for (const to of [JOE_EMAIL, JANE_EMAIL]) postRestoreRequest({ ...request, to });
    await idle();
    expect([sent, settled]).toEqual([[JOE_EMAIL, JANE_EMAIL], []]);
  });

  it("tells all owners of the end of their organization, and says once whether a mail has failed", async () => {
    const { postClosing, idle } = outboxWith();
    const said: string[] = [];
    const told = (...addresses: (typeof JANE_EMAIL)[]) => {
      const mails = addresses.map((to) => ({ ...CLOSING, to }));
      postClosing(mails, async (outcome) => void said.push(`${mails.length} ${outcome}`));
    };
    told(JANE_EMAIL, JANE_EMAIL, JANE_EMAIL);
    await idle();
    told(JANE_EMAIL, OTHER);
    await idle();
    expect(said).toEqual(["3 sent", "2 failed"]);
  });

  it("is idle without mails", async () => {
    await outboxWith().idle();
  });
});
