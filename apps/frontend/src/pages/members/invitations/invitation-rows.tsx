import { type ReactNode, useEffect, useEffectEvent } from "react";
import { PendingButton } from "../../../design/fields/pending-button.tsx";
import type { MyOrganization } from "../../../organization/active-organization.ts";
import { finds } from "../../../organization/search.ts";
import { isOutside } from "../../../organization/trusted-domains.ts";
import { CELL, ROW } from "../lists/table-roles.ts";
import { useInviters } from "../lists/use-inviters.ts";
import { useHeldRows, useLiveList } from "../lists/use-live-list.ts";
import { mayOffer } from "../roles/invite-roles.ts";
import { isVisible } from "./invitation.ts";
import { InvitationRow } from "./invitation-row.tsx";
import { useInvitationActions } from "./use-invitation-actions.ts";
import { idOf, PAGE_SIZE, useInvitations } from "./use-invitations.ts";
import { useRevokeFocus } from "./use-revoke-focus.ts";
import "./invitations.css";

interface InvitationRowsProps {
  readonly organization: MyOrganization;
  /** As typed in the search. */
  readonly query: string;
  /** The domains of the organization. */
  readonly trusted: readonly string[];
  /** Called with how many there are; with 0 as long as that is not known. */
  readonly onCount: (count: number) => void;
}

/** More are loaded by themselves until there is enough to see: most of an old organization were accepted long ago. */
const ENOUGH = { visible: 20, loaded: 500 };
/** How often the list is loaded again while a mail is being sent. */
const MAIL_POLL_MS = 3_000;

/** The rows of the open invitations, above the members' rows in the same table. */
export function InvitationRows({ organization, query, trusted, onCount }: InvitationRowsProps) {
  const list = useInvitations(organization.id);
  const { pages, errors, dismiss } = list;
  const actions = useInvitationActions(organization.id, list);
  const rows = useHeldRows(
    list.rows.filter((each) => isVisible(each) && finds(query, each)),
    idOf,
  );
  const whoIs = useInviters(organization.id, pages.items);
  const { leave, comeBack } = useRevokeFocus(rows.map(({ email }) => email));
  useLiveList(pages, { isLong: pages.items.length > 2 * PAGE_SIZE, isChanging: list.rows !== pages.items });
  const { hasMore, isLoadingMore, isReloading, error, status } = pages;
  const isShort = rows.length < ENOUGH.visible && pages.items.length < ENOUGH.loaded;
  const loadMore = useEffectEvent(pages.loadMore);
  const reload = useEffectEvent(pages.reload);
  const isWanting = hasMore && isShort && !isLoadingMore && error === null;
  useEffect(() => {
    if (isWanting) loadMore();
  }, [isWanting]);
  const count = hasMore ? 0 : rows.length;
  useEffect(() => {
    onCount(count);
    return () => onCount(0);
  }, [count, onCount]);
  const isMailing = rows.some(({ state, mail }) => state === "open" && mail === "sending");
  useEffect(() => {
    if (!isMailing) return;
    const timer = setInterval(() => reload(), MAIL_POLL_MS);
    return () => clearInterval(timer);
  }, [isMailing]);
  return (
    <>
      {rows.map((invitation) => (
        <InvitationRow
          key={invitation.email}
          invitation={invitation}
          isOutside={isOutside(invitation.email, trusted)}
          isChangeable={mayOffer(organization.role, invitation.role)}
          inviter={whoIs(invitation.invitedBy)}
          error={errors.get(invitation.email)}
          actions={actions}
          onRevoke={() => {
            leave(invitation.email);
            void actions.revoke(invitation, () => comeBack(invitation.email)).catch(() => {}); // the row says why
          }}
          onDismiss={() => dismiss(invitation.email)}
        />
      ))}
      {status === "failed" && (
        <Across>
          <span>The invitations could not be loaded.</span>
          <PendingButton className="button button-small" isPending={isReloading} onPress={pages.reload}>
            Try again
          </PendingButton>
        </Across>
      )}
      {hasMore && !isShort && (
        <Across>
          <PendingButton className="button button-small" isPending={isLoadingMore} onPress={pages.loadMore}>
            Show more invitations
          </PendingButton>
        </Across>
      )}
    </>
  );
}

/** A row of one cell. */
function Across({ children }: { readonly children: ReactNode }) {
  return (
    <tr {...ROW} className="invitations-across">
      <td {...CELL} colSpan={6}>
        <div>{children}</div>
      </td>
    </tr>
  );
}
