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

/** All rows or, if there is any selection, none. */
export function pressAll({ ids }: Selected, order: readonly string[]): Selected {
  return ids.size > 0 ? NOTHING : { ids: withMore(ids, order), anchor: null };
}

function withMore(ids: ReadonlySet<string>, more: readonly string[]): ReadonlySet<string> {
  return new Set([...new Set([...ids, ...more])].slice(0, Math.max(ids.size, MOST_SELECTED)));
}

function without(ids: ReadonlySet<string>, fewer: readonly string[]): ReadonlySet<string> {
  const gone = new Set(fewer);
  return new Set([...ids].filter((id) => !gone.has(id)));
}

/** Outside of React, so that a row that is selected draws nothing but its box. */
export function createSelection() {
  const selected = createWatched(NOTHING);
  /** To be selected as soon as they are on the page. */
  const wanted = new Set<string>();
  const set = (next: Selected) => {
    if (selected.get() !== next) selected.set(next);
  };
  const tell = () => announce(`${selected.get().ids.size} selected`);
  return {
    useIds: () => selected.useOf(({ ids }) => ids),
    useHas: (id: string) => selected.useOf(({ ids }) => ids.has(id)),
    press(id: string, isRange: boolean) {
      wanted.clear();
      set(press(selected.get(), id, { isRange, order: orderOnPage() }));
      if (isRange) tell();
    },
    pressAll() {
      wanted.clear();
      set(pressAll(selected.get(), orderOnPage()));
      tell();
    },
    /** Selects these, also if they come back only later, unless others are selected meanwhile. */
    selectAgain(ids: readonly string[]) {
      if (selected.get().ids.size > 0) return;
      const onPage = new Set(orderOnPage());
      set({ ids: new Set(ids.filter((id) => onPage.has(id))), anchor: null });
      for (const id of ids) if (!onPage.has(id)) wanted.add(id);
    },
    clear() {
      wanted.clear();
      set(NOTHING);
    },
    /** The row has come on the page. */
    appear(id: string) {
      const { ids, anchor } = selected.get();
      if (wanted.delete(id)) set({ ids: withMore(ids, [id]), anchor });
    },
    /** The row is no longer on the page. */
    forget(id: string) {
      const { ids, anchor } = selected.get();
      if (ids.has(id)) set({ ids: without(ids, [id]), anchor: anchor === id ? null : anchor });
    },
  };
}

export type Selection = ReturnType<typeof createSelection>;

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
