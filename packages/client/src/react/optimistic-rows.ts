import {
  hashKey,
  type Mutation,
  type MutationKey,
  type QueryClient,
  type QueryKey,
  useMutationState,
  useQueryClient,
} from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";

/** The index behind the server's lists lags behind a change by up to a second. No list is loaded again before this. */
const LAG_MS = 2_000;

/** A change of one row. */
export interface RowChange<Row> {
  /** The row, as {@link OptimisticRowsOptions.idOf} names it. Changes of one row are sent one after another. */
  readonly id: string;
  /** The row with the change, as it is shown until the server answers. It must not change `row` itself. */
  readonly apply: (row: Row) => Row;
  /** Sends the change. Resolves with the row as the server answers it, and rejects with a refusal or an outage. */
  readonly send: () => Promise<Row>;
  /** The row before the change, for one that the list may not contain, such as a removed member to be restored. */
  readonly absent?: Row;
}

export interface OptimisticRowsOptions<Row> {
  /** The beginning of the key of every list that contains the rows. They are loaded again 2 s after the last change. */
  readonly queryKey: QueryKey;
  /** As loaded, such as {@link Pages.items}. */
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  /** The order of the list. It says where a row appears that the list does not contain. */
  readonly compare: (one: Row, other: Row) => number;
}

export interface OptimisticRows<Row> {
  /** The loaded rows with all changes that wait for an answer or have just been answered. */
  readonly rows: readonly Row[];
  /** Why the last change of a row failed, by its id, until {@link dismiss} or the next change of the row. */
  readonly errors: ReadonlyMap<string, Error>;
  /** Shows a change at once and sends it. Resolves with the server's row. */
  change(change: RowChange<Row>): Promise<Row>;
  dismiss(id: string): void;
}

interface Known<Row> {
  readonly status: string;
  readonly change: RowChange<Row>;
  readonly answer: Row | undefined;
  readonly error: Error | null;
}

/**
 * The rows of a list, with changes that show at once. A change is laid over the loaded rows and never written into them:
 * when it fails, it is taken away, and the row shows what it would show without it, whatever else has changed meanwhile.
 * After a success the row shows the server's answer until the lists have been loaded again.
 */
export function useOptimisticRows<Row>(options: OptimisticRowsOptions<Row>): OptimisticRows<Row> {
  const { queryKey, rows, idOf, compare } = options;
  const queryClient = useQueryClient();
  const key = hashKey(queryKey);
  const mutationKey = useMemo(() => ["optimistic-rows", key], [key]);
  const known = useMutationState<Known<Row>>({
    filters: { mutationKey, exact: true },
    select: (mutation) => knownOf(mutation),
  });
  const latest = useRef(queryKey);
  useEffect(() => {
    latest.current = queryKey;
  });
  const change = useCallback(
    (next: RowChange<Row>) => send(queryClient, { mutationKey, queryKey: latest.current, change: next }),
    [queryClient, mutationKey],
  );
  const dismiss = useCallback(
    (id: string) =>
      forget(queryClient, mutationKey, ({ state }) => state.status === "error" && isOf(state.variables, id)),
    [queryClient, mutationKey],
  );
  // A later visit begins without the errors of this one.
  useEffect(
    () => () => forget(queryClient, mutationKey, ({ state }) => state.status === "error"),
    [queryClient, mutationKey],
  );
  const shown = useMemo(() => overlay(rows, known, idOf, compare), [rows, known, idOf, compare]);
  const errors = useMemo(() => lastErrors(known), [known]);
  return { rows: shown, errors, change, dismiss };
}

function knownOf<Row>(mutation: Mutation): Known<Row> {
  const { status, variables, data, error } = mutation.state;
  return {
    status,
    change: variables as RowChange<Row>,
    answer: data as Row | undefined,
    error: error as Error | null,
  };
}

interface Sending<Row> {
  readonly mutationKey: MutationKey;
  readonly queryKey: QueryKey;
  readonly change: RowChange<Row>;
}

function send<Row>(queryClient: QueryClient, { mutationKey, queryKey, change }: Sending<Row>): Promise<Row> {
  forget(
    queryClient,
    mutationKey,
    ({ state }) => state.status === "error" && isOf(state.variables, change.id),
  );
  const mutation = queryClient.getMutationCache().build<Row, Error, RowChange<Row>, unknown>(queryClient, {
    mutationKey,
    mutationFn: () => change.send(),
    scope: { id: `${mutationKey.join(" ")} ${change.id}` },
    networkMode: "always", // offline it fails at once, instead of waiting unseen
    gcTime: Number.POSITIVE_INFINITY, // what is shown with it decides, see below
    onSettled: () => reloadLater(queryClient, mutationKey, queryKey),
  });
  return mutation.execute(change);
}

function isOf(variables: unknown, id: string): boolean {
  return typeof variables === "object" && variables !== null && "id" in variables && variables.id === id;
}

const timers = new WeakMap<QueryClient, Map<string, ReturnType<typeof setTimeout>>>();

/**
 * Loads the lists again once no change has been answered for {@link LAG_MS}, and only then takes the answers away: until a
 * list has been loaded, it shows what was before them. A list that is not on the page is dropped for the same reason.
 */
function reloadLater(queryClient: QueryClient, mutationKey: MutationKey, queryKey: QueryKey): void {
  const own = timers.get(queryClient) ?? new Map();
  timers.set(queryClient, own);
  const key = hashKey(mutationKey);
  clearTimeout(own.get(key));
  const reload = async () => {
    if (queryClient.isMutating({ mutationKey, exact: true }) > 0) return; // its end comes back here
    const settled = new Set(mutationsOf(queryClient, mutationKey).filter(isSettled));
    queryClient.removeQueries({ queryKey, type: "inactive" });
    await queryClient.invalidateQueries({ queryKey });
    const lists = queryClient.getQueryCache().findAll({ queryKey, type: "active" });
    if (lists.some(({ state }) => state.isInvalidated)) reloadLater(queryClient, mutationKey, queryKey);
    else forget(queryClient, mutationKey, (mutation) => settled.has(mutation));
  };
  own.set(key, setTimeout(reload, LAG_MS));
}

/** Answered, or failed before a later change of the row was answered: its error must not appear again. */
function isSettled({ state }: Mutation, index: number, all: readonly Mutation[]): boolean {
  if (state.status === "success") return true;
  const { id } = state.variables as RowChange<unknown>;
  return all
    .slice(index)
    .some((later) => later.state.status === "success" && isOf(later.state.variables, id));
}

function mutationsOf(queryClient: QueryClient, mutationKey: MutationKey): Mutation[] {
  return queryClient.getMutationCache().findAll({ mutationKey, exact: true });
}

function forget(
  queryClient: QueryClient,
  mutationKey: MutationKey,
  isMeant: (mutation: Mutation) => boolean,
): void {
  for (const mutation of mutationsOf(queryClient, mutationKey).filter(isMeant))
    queryClient.getMutationCache().remove(mutation);
}

function overlay<Row>(
  rows: readonly Row[],
  known: readonly Known<Row>[],
  idOf: (row: Row) => string,
  compare: (one: Row, other: Row) => number,
): readonly Row[] {
  const standing = known.filter(({ status }) => status === "pending" || status === "success");
  if (standing.length === 0) return rows;
  const shown = [...rows];
  for (const { status, change, answer } of standing) {
    const at = shown.findIndex((row) => idOf(row) === change.id);
    const before = shown[at] ?? change.absent;
    if (before === undefined) continue;
    const after = status === "success" ? answer : change.apply(before);
    if (after === undefined) continue;
    if (at !== -1) shown[at] = after;
    else insert(shown, after, compare);
  }
  return shown;
}

/** Puts a row before the first one that follows it. */
function insert<Row>(rows: Row[], row: Row, compare: (one: Row, other: Row) => number): void {
  const next = rows.findIndex((each) => compare(row, each) < 0);
  rows.splice(next === -1 ? rows.length : next, 0, row);
}

function lastErrors<Row>(known: readonly Known<Row>[]): ReadonlyMap<string, Error> {
  const errors = new Map<string, Error>();
  for (const { change, error } of known) {
    if (error === null) errors.delete(change.id);
    else errors.set(change.id, error);
  }
  return errors;
}
