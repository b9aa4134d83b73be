import type { Member } from "@platform-api/client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { errorReason } from "../../app/problems/error-reason.ts";
import { ProblemNotice } from "../../app/problems/notice.tsx";
import { announce } from "../../design/announcer.tsx";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { lazyOverlay } from "../../design/overlays/lazy-overlay.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import type { MyOrganization } from "../../organization/active-organization.ts";
import { isAboutCaller } from "../../organization/member-refusal.ts";
import { useStanding } from "../../organization/use-me.ts";
import { useTrustedDomains } from "../../organization/use-trusted-domains.ts";
import { InvitationRows } from "./invitations/invitation-rows.tsx";
import { ListProblem } from "./list-problem.tsx";
import { type Selection, SelectionProvider, selectionOf } from "./lists/selection.ts";
import { ROW_GROUP } from "./lists/table-roles.ts";
import { PAGE_SIZE, useInviters } from "./lists/use-inviters.ts";
import { MemberBar } from "./member-bar.tsx";
import { MemberEmpty } from "./member-empty.tsx";
import { MemberTable } from "./member-table.tsx";
import { isWhole, type MemberView, type Total } from "./member-view.ts";
import { isFocusIn, neighbourOf, roleButtonOf, useRowFocus } from "./row-focus.ts";
import { type Asked, useMemberActions } from "./use-member-actions.ts";
import { useMembers } from "./use-members.ts";
import { useOnlyOwner } from "./use-only-owner.ts";

const { Overlay: ConfirmDialog } = lazyOverlay(
  async () => (await import("../../design/overlays/confirm-dialog.tsx")).ConfirmDialog,
);
const { Overlay: LeaveDialog } = lazyOverlay(
  async () => (await import("../../organization/leave-dialog.tsx")).LeaveDialog,
);

interface MemberListProps {
  readonly organization: MyOrganization;
  readonly view: MemberView;
  readonly onSort: (sort: string) => void;
  readonly onShowAll: () => void;
  readonly onShowRemoved: () => void;
}

export function MemberList({ organization, view, onSort, onShowAll, onShowRemoved }: MemberListProps) {
  const { me, refresh } = useStanding();
  const { userId } = me.user;
  const { id: organizationId, role } = organization;
  const caller = useMemo(() => ({ userId, role }), [userId, role]);
  const members = useMembers(organizationId, view, userId);
  const { pages, loaded, rows, errors } = members;
  const { isOnlyOwner, reloadOwners } = useOnlyOwner(organizationId, rows);
  const whoIs = useInviters(organizationId, loaded);
  const { trusted, isPending: areDomainsPending } = useTrustedDomains(organizationId);
  const onOwnChange = () => {
    void refresh();
    reloadOwners();
  };
  const { status, error, isReloading, hasMore, isLoadingMore } = pages;
  useLostRole(error, refresh);
  const selection = useSelectionOf(`${userId} ${organizationId}`, view, status === "ready");
  const ofRows = useRows({ members, userId, onOwnChange, selection });
  const { table, asked, close } = ofRows;
  const [invited, setInvited] = useState(0);
  const isAlone = isWhole(view) && rows.length === 1 && rows[0]?.userId === userId;
  if (status === "failed" && rows.length === 0)
    return <ProblemNotice error={error} onTryNow={pages.reload} isTrying={isReloading} />;
  return (
    <>
      {error !== null && (
        <ListProblem error={error} isTrying={isReloading || isLoadingMore} onTryNow={pages.reload} />
      )}
      {status === "loading" && rows.length === 0 && <SkeletonRows label="Loading members…" count={6} />}
      <SelectionProvider value={selection}>
        <MemberBar
          organizationId={organizationId}
          view={view}
          total={totalOf(pages, rows)}
          invited={invited}
          onSort={onSort}
          callerRole={role}
          rows={rows}
          performMany={members.performMany}
          onOwnChange={onOwnChange}
        />
        <MemberTable
          organizationId={organizationId}
          table={table}
          members={rows}
          caller={caller}
          isOnlyOwner={isOnlyOwner}
          trusted={trusted}
          whoIs={whoIs}
          errors={errors}
          actions={ofRows.actions}
        >
          {view.status === "active" && view.role === null && (
            <tbody {...ROW_GROUP} className="invitation-rows">
              <InvitationRows
                organization={organization}
                query={view.query}
                trusted={trusted}
                onCount={setInvited}
              />
            </tbody>
          )}
        </MemberTable>
      </SelectionProvider>
      {status === "ready" && !hasMore && (rows.length === 0 || isAlone) && (
        <MemberEmpty
          organizationId={organizationId}
          view={view}
          onShowAll={onShowAll}
          onShowRemoved={onShowRemoved}
          domain={areDomainsPending ? undefined : (trusted[0] ?? null)}
        />
      )}
      {hasMore && (
        <PendingButton className="button button-wide" isPending={isLoadingMore} onPress={ofRows.showMore}>
          Show {PAGE_SIZE} more
        </PendingButton>
      )}
      {asked === "leave" && <LeaveDialog organization={organization} onClose={close} />}
      {asked !== null && asked !== "leave" && (
        <ConfirmDialog
          question={asked.question}
          heir={() => (asked.intent.isRemoval ? null : roleButtonOf(asked.member.userId))}
          onConfirm={() => ofRows.confirm(asked)}
          onClose={close}
        />
      )}
    </>
  );
}

interface RowsOptions {
  readonly members: ReturnType<typeof useMembers>;
  /** The caller. */
  readonly userId: string;
  readonly onOwnChange: () => void;
  readonly selection: Selection;
}

/** What the rows can do, and which of them gets the focus afterwards. */
function useRows({ members, userId, onOwnChange, selection }: RowsOptions) {
  const table = useRef<HTMLTableElement>(null);
  const { pages, rows, dismiss, perform: send } = members;
  const focusRow = useRef((_: string) => {});
  const { actions, perform, tell, asked, close } = useMemberActions({
    userId,
    perform(member, intent) {
      selection.changes(member.userId);
      return send(member, intent);
    },
    onTold: selection.toldOf,
    dismiss,
    onOwnChange,
    focusRow: (id) => focusRow.current(id),
    focusReturned: (id) => isFocusIn(table.current) && focusRow.current(id),
  });
  const ids = rows.map((row) => row.userId);
  focusRow.current = useRowFocus({ table, ids, isPaused: asked !== null, onEmpty: focusMain });
  const showMore = useShowMore(pages, ids, focusRow.current);

  const confirm = async ({ member, intent }: Asked) => {
    const isDone = await perform(member, intent);
    close();
    if (!isDone) return;
    onOwnChange();
    if (!intent.isRemoval) return;
    tell(member, intent);
    const others = ids.filter((id) => id !== member.userId);
    focusRow.current(neighbourOf(member.userId, ids, others) ?? userId);
  };
  return { table, actions, asked, close, confirm, showMore };
}

/** What is selected. It stays from one search to the next, so that people can be collected by several. */
function useSelectionOf(
  list: string,
  { query, role, status, sort }: MemberView,
  isReady: boolean,
): Selection {
  const selection = selectionOf(useQueryClient(), list);
  // Before the rows of the former view go, and until those that are shown meanwhile have gone.
  useLayoutEffect(() => {
    const hold = () => selection.settle(false);
    hold();
    return hold;
  }, [selection, query, role, status, sort]);
  useEffect(() => selection.settle(isReady), [selection, query, role, status, sort, isReady]);
  return selection;
}

/** Of a list that is loaded whole, what it shows. Null where that is nothing: what stands below says so. */
function totalOf(
  { status, hasMore, first }: ReturnType<typeof useMembers>["pages"],
  { length }: readonly Member[],
): Total | null {
  if (status === "ready" && !hasMore) return length === 0 ? null : { count: length, isExact: true };
  return first?.total ?? null;
}

/** No row is left to take the focus. */
function focusMain(): void {
  document.querySelector<HTMLElement>("h1")?.focus();
}

/** A list that is refused because of the caller's role: the frame learns of it at once. */
function useLostRole(error: Error | null, refresh: () => Promise<unknown>): void {
  useEffect(() => {
    if (error !== null && isAboutCaller(errorReason(error))) void refresh();
  }, [error, refresh]);
}

/** The focus moves to the first row that was loaded. */
function useShowMore(
  { loadMore, isLoadingMore }: { readonly loadMore: () => void; readonly isLoadingMore: boolean },
  ids: readonly string[],
  focusRow: (id: string) => void,
): () => void {
  const [shownBefore, setShownBefore] = useState<number | null>(null);
  useEffect(() => {
    const first = shownBefore === null ? undefined : ids[shownBefore];
    if (first === undefined || shownBefore === null || isLoadingMore) return;
    setShownBefore(null);
    focusRow(first);
    announce(`${ids.length - shownBefore} more members`);
  });
  return () => {
    setShownBefore(ids.length);
    loadMore();
  };
}
