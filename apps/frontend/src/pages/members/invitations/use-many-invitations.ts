import type { Page } from "@platform-api/client";
import { usePlatformClient } from "@platform-api/client/react";
import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { errorReason } from "../../../app/problems/error-reason.ts";
import type { AppReason } from "../../../app/problems/problems.ts";
import { useStanding } from "../../../organization/use-me.ts";
import { invitations as amount } from "../lists/many-texts.ts";
import { useSelection } from "../lists/selection.ts";
import { refuseUnlessDone, sharedRequest } from "../lists/shared-request.ts";
import { type Invitation, invitationNow } from "./invitation.ts";
import { failedAs, type InvitationAction } from "./invitation-failure.ts";
import { newsOfMany } from "./news-of-many.ts";
import { idOf, useInvitationChanges, useInvitationsKey } from "./use-invitations.ts";

/** What became of many: those that were changed, and why each of the others was not. */
interface Changed {
  readonly done: readonly Invitation[];
  readonly refused: readonly AppReason[];
}

/** What can be done with the invitations that are selected. Their rows also say what failed. */
export function useManyInvitations(organizationId: string, focusBox: () => void) {
  const { invitations } = usePlatformClient().org;
  const { change } = useInvitationChanges(organizationId);
  const listed = useListed(organizationId);
  const selection = useSelection();
  const invitedBy = useStanding().me.user.userId;

  async function ask(
    emails: readonly string[],
    verb: "resend" | "revoke",
    apply: (row: Invitation) => Invitation,
  ): Promise<Changed> {
    const rows = listed(emails);
    for (const email of emails) selection.changes(email);
    selection.clear();
    focusBox();
    const request = sharedRequest(rows.length, (places) => {
      const some = places.flatMap((place) => rows[place]?.email ?? []);
      return invitations.changeMany.mutate({ organizationId, emails: some, change: verb });
    });
    const send = async (place: number) => {
      const verdict = await request(place);
      refuseUnlessDone(verdict?.outcome);
      return verdict?.invitation ?? null;
    };
    const changed = await changeRows(rows, { action: verb, change, apply, send });
    selection.selectAgain(rows.filter((row) => !changed.done.includes(row)).map(({ email }) => email));
    return changed;
  }

  const newsOf = (action: InvitationAction, { done, refused }: Changed, news: (count: number) => string) =>
    newsOfMany(action, { done: done.length, refused }, news);

  async function inviteAgain(revoked: readonly Invitation[]): Promise<void> {
    const now = Date.now();
    const groups = Map.groupBy(revoked, ({ role }) => role);
    const changes = [...groups].map(([role, rows]) => {
      const request = sharedRequest(rows.length, async () => {
        const emails = rows.map(({ email }) => email);
        const answers = await invitations.create.mutate({ organizationId, emails, role });
        return answers.map(({ outcome }) => ({
          outcome:
            outcome === "invited" || outcome === "renewed" ? ("changed" as const) : ("CONFLICT" as const),
        }));
      });
      const send = async (place: number) => {
        refuseUnlessDone((await request(place))?.outcome);
        return null;
      };
      const apply = (row: Invitation) => ({ ...invitationNow(row, { invitedBy, now }), mail: row.mail });
      return changeRows(rows, { action: "invite", change, apply, send });
    });
    const changed = await Promise.all(changes);
    const all = {
      done: changed.flatMap(({ done }) => done),
      refused: changed.flatMap(({ refused }) => refused),
    };
    const news = newsOf("invite", all, (count) => `${amount(count)} invited again.`);
    selection.tell({ ...news, about: all.done.map(idOf) });
  }

  return {
    async resend(emails: readonly string[]) {
      const changed = await ask(emails, "resend", (row) => row);
      const news = newsOf("resend", changed, (count) => `Renewed ${amount(count)}.`);
      selection.tell({ ...news, about: changed.done.map(idOf) });
    },
    async revoke(emails: readonly string[]) {
      const changed = await ask(emails, "revoke", (row) => ({ ...row, state: "revoked" }));
      const { done } = changed;
      selection.tell({
        ...newsOf("revoke", changed, (count) => `Revoked ${amount(count)}.`),
        about: done.map(idOf),
        ...(done.length > 0 && { undo: { onPress: () => void inviteAgain(done) } }),
      });
    },
  };
}

interface RowsChange {
  readonly action: InvitationAction;
  readonly change: ReturnType<typeof useInvitationChanges>["change"];
  readonly apply: (row: Invitation) => Invitation;
  /** Answers with the row; null if it is as `apply` has it. */
  readonly send: (place: number) => Promise<Invitation | null>;
}

async function changeRows(
  rows: readonly Invitation[],
  { action, change, apply, send }: RowsChange,
): Promise<Changed> {
  const results = await Promise.allSettled(
    rows.map((row, place) =>
      change({
        id: row.email,
        apply,
        send: async () => (await send(place).catch(failedAs(action))) ?? apply(row),
        absent: row,
      }),
    ),
  );
  return {
    done: rows.filter((_, index) => results[index]?.status === "fulfilled"),
    refused: results.flatMap((result) => (result.status === "rejected" ? errorReason(result.reason) : [])),
  };
}

/** Finds the invitations of these addresses among those that are loaded. */
function useListed(organizationId: string): (emails: readonly string[]) => readonly Invitation[] {
  const queryClient = useQueryClient();
  const queryKey = useInvitationsKey(organizationId);
  return (emails) => {
    const pages = queryClient.getQueryData<InfiniteData<Page<Invitation>>>(queryKey)?.pages ?? [];
    return pages.flatMap(({ items }) => items).filter(({ email }) => emails.includes(email));
  };
}
