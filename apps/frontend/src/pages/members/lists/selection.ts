import type { Member } from "@platform-api/client";
import type { QueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { announce } from "../../../design/announcer.tsx";
import { createWatched } from "../../../design/watched.ts";

/** The most rows that one request changes. */
export const MOST_SELECTED = 100;

/** Which rows are selected, by their ids. */
export interface Selected {
  readonly ids: ReadonlySet<string>;
  /** Where a range begins. */
  readonly anchor: string | null;
}

const NOTHING: Selected = { ids: new Set(), anchor: null };

/**
 * A row is pressed, with Shift as the end of a range: all of it becomes as the row becomes. Of more rows than can be
 * changed at a time the first ones are selected.
 * @param order the ids of all rows, as they are shown
 */
export function press(
  { ids, anchor }: Selected,
  id: string,
  { isRange, order }: { readonly isRange: boolean; readonly order: readonly string[] },
): Selected {
  const [from, to] = [order.indexOf(anchor ?? id), order.indexOf(id)];
  const isWhole = isRange && from !== -1;
  const pressed = isWhole ? order.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
  return { ids: ids.has(id) ? without(ids, pressed) : withMore(ids, pressed), anchor: id };
}

/** All rows of the page or, if any of them is selected, none of them. Others stay selected. */
export function pressAll({ ids }: Selected, order: readonly string[]): Selected {
  const isAny = order.some((id) => ids.has(id));
  return { ids: isAny ? without(ids, order) : withMore(ids, order), anchor: null };
}

function withMore(ids: ReadonlySet<string>, more: readonly string[]): ReadonlySet<string> {
  return new Set([...new Set([...ids, ...more])].slice(0, Math.max(ids.size, MOST_SELECTED)));
}

function without(ids: ReadonlySet<string>, fewer: readonly string[]): ReadonlySet<string> {
  const gone = new Set(fewer);
  return new Set([...ids].filter((id) => !gone.has(id)));
}

/** What is said of the last change of many, until the next one. */
export interface News {
  readonly text: string;
  readonly detail?: string;
  /** Who was not changed, and why: their rows may be out of sight. */
  readonly refused?: readonly string[];
  readonly undo?: { readonly name?: string; readonly onPress: () => void };
  /** The rows that were changed. It is over when one of them changes again: it would not be true any more. */
  readonly about?: readonly string[];
}

/** Outside of React, so that a row that is selected draws nothing but its box. */
function createSelection() {
  const selected = createWatched(NOTHING);
  const news = createWatched<News | null>(null);
  /** Those that were selected, as they were last seen. */
  const known = new Map<string, Member>();
  /** Closes what is said of one row alone, with its undo. */
  const closers = new Map<string, () => void>();
  let isSettled = true;
  const set = (next: Selected) => {
    if (selected.get() !== next) selected.set(next);
  };
  const tell = () => announce(`${selected.get().ids.size} selected`);
  return {
    useIds: () => selected.useOf(({ ids }) => ids),
    useHas: (id: string) => selected.useOf(({ ids }) => ids.has(id)),
    useNews: () => news.use(),
    /** Says what a change of many has done. Null when that is over. */
    tell(next: News | null) {
      news.set(next);
      if (next !== null) announce([next.text, next.detail, ...(next.refused ?? [])].join(" "));
    },
    /** Closes this when the row changes again: it would not be true any more, and its undo would go back too far. */
    toldOf(id: string, close: () => void) {
      closers.set(id, close);
    },
    /** The row begins to change. */
    changes(id: string) {
      if (news.get()?.about?.includes(id)) news.set(null);
      closers.get(id)?.();
      closers.delete(id);
    },
    press(id: string, isRange: boolean) {
      set(press(selected.get(), id, { isRange, order: orderOnPage() }));
      if (isRange) tell();
    },
    /** Leaves it out, wherever its row is. */
    deselect(id: string) {
      set({ ids: without(selected.get().ids, [id]), anchor: null });
      tell();
    },
    pressAll() {
      set(pressAll(selected.get(), orderOnPage()));
      tell();
    },
    /** Selects these, unless others are selected meanwhile. */
    selectAgain(ids: readonly string[]) {
      if (selected.get().ids.size === 0) set({ ids: new Set(ids), anchor: null });
    },
    clear() {
      set(NOTHING);
    },
    /** The members that are selected, also those whom another search does not show. */
    membersAmong(rows: readonly Member[]): readonly Member[] {
      const { ids } = selected.get();
      for (const row of rows) if (ids.has(row.userId)) known.set(row.userId, row);
      return [...ids].flatMap((id) => known.get(id) ?? []);
    },
    /** Whether a row that goes from the page has gone from the list, and not merely out of the view. */
    settle(next: boolean) {
      isSettled = next;
    },
    /** The row is no longer on the page. */
    forget(id: string) {
      const { ids, anchor } = selected.get();
      if (isSettled && ids.has(id)) set({ ids: without(ids, [id]), anchor: anchor === id ? null : anchor });
    },
  };
}

export type Selection = ReturnType<typeof createSelection>;

const kept = new WeakMap<QueryClient, Map<string, Selection>>();

/** As long as the app is open, it stays while other pages are shown. */
export function selectionOf(queryClient: QueryClient, list: string): Selection {
  const all = kept.get(queryClient) ?? new Map<string, Selection>();
  kept.set(queryClient, all);
  const selection = all.get(list) ?? createSelection();
  all.set(list, selection);
  return selection;
}

const SelectionContext = createContext<Selection | null>(null);
export const SelectionProvider = SelectionContext.Provider;

/** The selection of the list around it. */
export function useSelection(): Selection {
  const selection = useContext(SelectionContext);
  if (selection === null) throw new Error("a selection needs a list");
  return selection;
}

/** The rows that can be selected. */
export function orderOnPage(): readonly string[] {
  const boxes = document.querySelectorAll<HTMLElement>("input[data-select]");
  return [...boxes].flatMap(({ dataset }) => dataset.select ?? []);
}
