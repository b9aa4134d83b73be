import "./audit.css";
import { useEffect, useMemo, useState } from "react";
import { Button } from "react-aria-components";
import { ProblemNotice } from "../../app/problems/notice.tsx";
import { PageHeading } from "../../app/routing/page.tsx";
import { navigate, useParameter } from "../../app/routing/path.ts";
import { announce } from "../../design/announcer.tsx";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { Empty } from "../../design/text/empty.tsx";
import type { OrganizationPageProps } from "../../organization/organization-page-props.ts";
import { calledText } from "./called.ts";
import { EntryRow } from "./entry.tsx";
import { userOfActor } from "./entry-shape.ts";
import { chosenOf, Explanation, nameOfActor, type PressedName } from "./explanation.tsx";
import { ExportButtons, ExportNotices, useExports } from "./exports.tsx";
import { type AuditFilter, aboutOf, filterOf, isDay, isFiltered } from "./filter.ts";
import { Filters } from "./filters.tsx";
import { rowsOf } from "./rows.ts";
import { useEntries } from "./use-entries.ts";
import { type People, usePeople } from "./use-people.ts";
import { labelOf } from "./words.ts";

export function Audit({ organization }: OrganizationPageProps) {
  const organizationId = organization.id;
  const { filter, show, action, since, until } = useFilter();
  const list = useEntries(organizationId, filter);
  const { items, status } = list;
  const chosen = chosenOf(filter);
  const people = usePeople(organizationId, items, userOfActor(chosen));
  const days = { since: since.value, until: until.value };
  const exports = useExports(organizationId, filter, [
    organizationId,
    "audit",
    ...aboutOf(filter, days, people),
  ]);
  const { pressed, clearings, choose, choosePressed, clear } = useChoosing(show, people);
  return (
    <>
      <div className="page-head audit-head">
        <div>
          <PageHeading title="Audit" />
          <p className="page-lead">Who changed what in this organization, newest first.</p>
        </div>
        <ExportButtons {...exports} isShown={status === "ready" && items.length > 0} />
      </div>
      <h2 className="visually-hidden">Entries</h2>
      <ExportNotices {...exports} />
      <Filters
        wasCleared={clearings > 0}
        key={clearings} // also what was chosen and typed is gone
        organizationId={organizationId}
        chosen={chosen}
        name={nameOfActor(chosen, people)}
        onChoose={choose}
        action={action}
        since={since}
        until={until}
      />
      {list.failed === "list" && <Problem list={list} />}
      <Explanation filter={filter} people={people} pressed={pressed} onShow={show}>
        {isFiltered(filter) && items.length > 0 && (
          <Button className="audit-person-link audit-clear" onPress={clear}>
            Clear the filter
          </Button>
        )}
      </Explanation>
      {isWaiting(list) ? (
        <SkeletonRows label="Loading the audit" count={5} />
      ) : (
        <>
          {items.length > 0 && <Entries list={list} people={people} onChoosePerson={choosePressed} />}
          {list.isUndecided && <NothingYet list={list} />}
          {status === "ready" && items.length === 0 && !list.hasMore && (
            <NoEntries filter={filter} onClear={clear} />
          )}
        </>
      )}
      {list.failed === "more" && <Problem list={list} />}
      {items.length > 0 && list.hasMore && (
        <PendingButton
          className="button button-wide audit-older"
          isPending={list.isLoadingMore}
          onPress={list.loadMore}
        >
          Show 50 more
        </PendingButton>
      )}
    </>
  );
}

/** What changes who is shown, and where the focus then goes. */
function useChoosing(show: ReturnType<typeof useFilter>["show"], { names }: People) {
  const [pressed, setPressed] = useState<PressedName | null>(null);
  const [clearings, setClearings] = useState(0);
  return {
    pressed,
    clearings,
    choose(actor: string) {
      const userId = userOfActor(actor);
      setPressed(null);
      show(userId === null ? { actor } : { person: userId });
    },
    choosePressed(userId: string) {
      show({ person: userId });
      setPressed({ userId });
      announce(`Showing what ${calledText(names.user(userId))} did, and what was done to them`);
    },
    clear() {
      navigate(location.pathname, { isReplacing: true });
      setClearings(clearings + 1);
    },
  };
}

interface EntriesProps {
  readonly list: List;
  readonly people: People;
  readonly onChoosePerson: (userId: string) => void;
}

function Entries({ list: { items, hasMore }, people: { names, isLoading }, onChoosePerson }: EntriesProps) {
  const rows = rowsOf(items);
  return (
    <ol className="card rows" aria-label="Entries">
      {rows.map((row) => (
        <EntryRow
          key={row.first.id}
          row={row}
          isCut={hasMore && row === rows.at(-1)}
          names={names}
          isLoading={isLoading}
          onChoosePerson={onChoosePerson}
        />
      ))}
    </ol>
  );
}

function Problem({ list }: { readonly list: List }) {
  const { error, retry, isReloading, isLoadingMore } = list;
  return <ProblemNotice error={error} onTryNow={retry} isTrying={isReloading || isLoadingMore} />;
}

type List = ReturnType<typeof useEntries>;

function isWaiting({ status, isSearching, isUndecided }: List): boolean {
  return status === "loading" || (isSearching && !isUndecided);
}

/** The filter that the address of the page names, with its fields, and a function that shows a person's entries. */
function useFilter() {
  const [person, setPerson] = useParameter("person");
  const [actor, setActor] = useParameter("actor");
  const [action, setAction] = useParameter("action");
  const [since, setSince] = useParameter("since");
  const [until, setUntil] = useParameter("until");
  const filter = useMemo(
    () => filterOf({ person, actor, action, since, until }),
    [person, actor, action, since, until],
  );
  const shown = { person: "", actor: "", ...filter };
  useEffect(() => {
    // The address says what is shown.
    setPerson(shown.person);
    setActor(shown.actor);
  }, [shown.person, shown.actor, setPerson, setActor]);
  return {
    filter,
    show({ person = "", actor = "" }: Pick<AuditFilter, "person" | "actor">) {
      setPerson(person);
      setActor(actor);
    },
    action: { value: action, set: setAction },
    since: { value: isDay(since) ? since : "", set: setSince },
    until: { value: isDay(until) ? until : "", set: setUntil },
  };
}

function NothingYet({ list }: { readonly list: List }) {
  return (
    <Empty icon="search" title="No entry found so far">
      <p>Older entries have not been searched yet.</p>
      <PendingButton className="button" isPending={list.isSearching} onPress={list.loadMore}>
        Search older entries
      </PendingButton>
    </Empty>
  );
}

function NoEntries({ filter, onClear }: { readonly filter: AuditFilter; readonly onClear: () => void }) {
  if (!isFiltered(filter)) {
    return (
      <Empty icon="list" title="Nothing has happened yet">
        <p>Changes to members, domains, sign-in and settings appear here as soon as they are made.</p>
      </Empty>
    );
  }
  return (
    <Empty icon="search" title="No entry matches the filter">
      <p>
        {filter.action
          ? `There is no “${labelOf(filter.action)}” of that person or in that period.`
          : "Choose another person or period."}{" "}
        {userOfActor(filter.actor ?? "") !== null && "Joining by signing in counts as done to them."}
      </p>
      <Button className="button" onPress={onClear}>
        Clear the filter
      </Button>
    </Empty>
  );
}
