import "./audit.css";
import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { Button } from "react-aria-components";
import { ExportButton, ExportFailure } from "../../app/files/export-button.tsx";
import { type Exporter, useExport } from "../../app/files/use-export.ts";
import { errorReason } from "../../app/problems/error-reason.ts";
import { ProblemNotice } from "../../app/problems/notice.tsx";
import { PageHeading } from "../../app/routing/page.tsx";
import { navigate, useParameter } from "../../app/routing/path.ts";
import { announce } from "../../design/announcer.tsx";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { Empty } from "../../design/text/empty.tsx";
import type { OrganizationPageProps } from "../../organization/organization-page-props.ts";
import { Entry } from "./entry.tsx";
import { type AuditEntry, userOfActor } from "./entry-shape.ts";
import { entryCount, exportEntries } from "./export-entries.ts";
import { type AuditFilter, filterOf, isDay, isFiltered } from "./filter.ts";
import { Filters } from "./filters.tsx";
import { shortUser, useAddresses } from "./names.ts";
import { type Names, nameOfOther } from "./parts.ts";
import { useEntries, useLoad } from "./use-entries.ts";
import { labelOf } from "./words.ts";

const EXPORT_PAGE = 100;

export function Audit({ organization }: OrganizationPageProps) {
  const organizationId = organization.id;
  const { filter, show, action, since, until } = useFilter();
  const list = useEntries(organizationId, filter);
  const { items, status } = list;
  const people = usePeople(organizationId, items, filter);
  const load = useLoad(organizationId, filter);
  const exporting = useExport(JSON.stringify([organizationId, filter]));
  const makeFile: Exporter = (options) =>
    exportEntries({
      ...options,
      organizationId,
      load: (at, signal) => load({ ...at, limit: EXPORT_PAGE }, signal),
    });
  const chosen = chosenOf(filter);
  const choose = (actor: string) => {
    const userId = userOfActor(actor);
    show(userId === null ? { actor } : { person: userId });
  };
  const clear = () => navigate(location.pathname, { isReplacing: true });
  return (
    <>
      <div className="page-head audit-head">
        <div>
          <PageHeading title="Audit" />
          <p className="page-lead">Who changed what in this organization, newest first.</p>
        </div>
        {status === "ready" && items.length > 0 && (
          <ExportButton exporting={exporting} amount={entryCount} onStart={() => exporting.start(makeFile)} />
        )}
      </div>
      <h2 className="visually-hidden">Entries</h2>
      <ExportFailure {...exporting} />
      <Filters
        organizationId={organizationId}
        chosen={chosen}
        name={nameOfActor(chosen, people)}
        onChoose={choose}
        action={action}
        since={since}
        until={until}
      />
      {list.failed === "list" && <Problem list={list} />}
      <Explanation filter={filter} people={people} onShow={show} />
      {isWaiting(list) ? (
        <SkeletonRows label="Loading the audit" count={5} />
      ) : (
        <>
          {items.length > 0 && <Entries items={items} people={people} onShow={show} />}
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

interface EntriesProps {
  readonly items: readonly AuditEntry[];
  readonly people: People;
  readonly onShow: (whom: Pick<AuditFilter, "person">) => void;
}

function Entries({ items, people: { names, isLoading }, onShow }: EntriesProps) {
  return (
    <ol className="card rows" aria-label="Entries">
      {items.map((entry) => (
        <Entry
          key={entry.id}
          entry={entry}
          names={names}
          isLoading={isLoading}
          onChoosePerson={(userId) => {
            onShow({ person: userId });
            announce(`Showing what ${names.user(userId)} did, and what was done to them`);
          }}
        />
      ))}
    </ol>
  );
}

function Problem({ list }: { readonly list: List }) {
  const { error, retry, isReloading, isLoadingMore } = list;
  return (
    <ProblemNotice
      reason={error && errorReason(error)}
      error={error}
      onTryNow={retry}
      isTrying={isReloading || isLoadingMore}
    />
  );
}

type List = ReturnType<typeof useEntries>;

function isWaiting({ status, isSearching, isUndecided }: List): boolean {
  return status === "loading" || (isSearching && !isUndecided);
}

interface People {
  readonly names: Names;
  readonly isLoading: (userId: string) => boolean;
}

/** What the people of the entries are called. */
function usePeople(organizationId: string, items: readonly AuditEntry[], filter: AuditFilter): People {
  const ids = items.flatMap(({ actor, userId }) => [userOfActor(actor), userId]);
  const chosen = userOfActor(chosenOf(filter));
  const userIds = [...new Set([chosen, ...ids])].filter((id) => id !== null);
  const addresses = useAddresses(organizationId, userIds);
  const hasInvitations = items.some(({ invitationId }) => invitationId !== null);
  const { org } = usePlatform();
  const hasConnections = items.some(({ connection }) => connection !== null);
  const { data: connections = [] } = useQuery(
    org.connections.list.queryOptions({ organizationId }, { enabled: hasConnections, staleTime: 60_000 }),
  );
  const { data } = useQuery(
    org.invitations.list.queryOptions(
      { organizationId, limit: EXPORT_PAGE },
      { enabled: hasInvitations, staleTime: 60_000 },
    ),
  );
  const invitations = data?.items ?? [];
  return {
    names: {
      user: (userId) => addresses.get(userId) ?? shortUser(userId),
      invitee: (id) => invitations.find(({ invitationId }) => invitationId === id)?.email ?? "someone",
      connection: (name) => connections.find((each) => each.name === name)?.displayName ?? name,
    },
    isLoading: (userId) => addresses.get(userId) === undefined,
  };
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

/** Whom the filter names, as an actor. Empty for anyone. */
function chosenOf({ person, actor = "" }: AuditFilter): string {
  return person === undefined ? actor : `user:${person}`;
}

function nameOfActor(actor: string, { names, isLoading }: People): string | null {
  const userId = userOfActor(actor);
  if (userId !== null) return isLoading(userId) ? null : names.user(userId);
  return actor === "operator" || actor === "system" || actor === "login" ? nameOfOther(actor) : null;
}

interface ExplanationProps {
  readonly filter: AuditFilter;
  readonly people: People;
  readonly onShow: (whom: Pick<AuditFilter, "person" | "actor">) => void;
}

/** What the entries of a person are, and the way from one kind to the other. */
function Explanation({ filter, people, onShow }: ExplanationProps) {
  const chosen = chosenOf(filter);
  const userId = userOfActor(chosen);
  const name = nameOfActor(chosen, people);
  if (name === null || userId === null) return null;
  const isBoth = filter.person !== undefined;
  return (
    <p className="quiet audit-explanation">
      What <bdi>{name}</bdi> did{isBoth && ", and what was done to them"}.{" "}
      <Button
        className="audit-person-link"
        onPress={() => onShow(isBoth ? { actor: chosen } : { person: userId })}
      >
        {isBoth ? "Only what they did" : "Also what was done to them"}
      </Button>
    </p>
  );
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
          ? `No “${labelOf(filter.action)}” fits the rest of it.`
          : "Choose another person or period."}
      </p>
      <Button className="button" onPress={onClear}>
        Clear the filter
      </Button>
    </Empty>
  );
}
