import { type ReactNode, useLayoutEffect, useRef } from "react";
import { Icon } from "../../design/icon.tsx";
import { lazyOverlay } from "../../design/overlays/lazy-overlay.tsx";
import { MenuButton } from "../../design/overlays/menu-button.tsx";
import { MOST_SELECTED, orderOnPage, useSelection } from "./lists/selection.ts";
import { PAGE_SIZE } from "./lists/use-inviters.ts";
import type { ManyActionsProps } from "./many-actions.tsx";
import { type MemberView, type Sort, type Total, totalText } from "./member-view.ts";

const { Overlay: ManyActions, preload } = lazyOverlay(
  async () => (await import("./many-actions.tsx")).ManyActions,
);

const { Overlay: ManyNews } = lazyOverlay(async () => (await import("./many-actions.tsx")).ManyNews);

const SORTS: readonly { readonly id: Sort | "address"; readonly label: string; readonly note?: string }[] = [
  { id: "address", label: "Address" },
  { id: "name", label: "Name" },
  { id: "role", label: "Role", note: "Owners first" },
  { id: "joined", label: "Joined", note: "Newest first" },
];

interface MemberBarProps extends Omit<ManyActionsProps, "box" | "focusBox" | "onClose"> {
  readonly view: MemberView;
  /** How many members the view has. Null until it is known. */
  readonly total: Total | null;
  /** How many invitations it shows, too. */
  readonly invited: number;
  readonly onSort: (sort: string) => void;
}

/** Above the rows: how many there are and in which order, or else what can be done with those that are selected. */
export function MemberBar({ view, total, invited, onSort, ...many }: MemberBarProps) {
  const selection = useSelection();
  const ids = selection.useIds();
  const news = selection.useNews();
  const box = useRef<HTMLInputElement>(null);
  const isSelecting = ids.size > 0;
  const isEmpty = many.rows.length === 0 && invited === 0;
  // A search is in order within each page only.
  const isInOrder = view.query === "" || (total?.isExact !== false && many.rows.length <= PAGE_SIZE);
  // What the page shows of the selection.
  useLayoutEffect(() => {
    const order = orderOnPage();
    const selected = order.filter((id) => ids.has(id)).length;
    if (box.current === null) return;
    box.current.checked = selected > 0;
    box.current.indeterminate = selected > 0 && selected < order.length;
  });
  // After a menu or a dialog has closed: it gives the focus back to its button, which has just gone.
  const focusBox = () => void setTimeout(() => box.current?.focus());
  return (
    <div
      className="member-bar"
      data-selecting={isSelecting || undefined}
      data-news={news !== null || undefined}
    >
      {!isEmpty && (
        <label className="select-box" onPointerEnter={preload}>
          <input
            ref={box}
            type="checkbox"
            aria-label="Select all rows on this page"
            onFocus={preload}
            onChange={() => selection.pressAll()}
          />
        </label>
      )}
      {isSelecting ? (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
        <div className="member-bar-many" role="group" aria-label="Selected rows">
          <Count>
            {ids.size}
            {ids.size < MOST_SELECTED ? (
              <span> selected</span>
            ) : (
              <>
                <span> selected, the</span> most<span> at a time</span>
              </>
            )}
          </Count>
          <ManyActions
            {...many}
            box={() => box.current}
            focusBox={focusBox}
            onClose={() => {
              selection.clear();
              focusBox();
            }}
          />
        </div>
      ) : (
        <Count>{total && totalText(total, view, invited)}</Count>
      )}
      {news && (
        <ManyNews
          key={news.about?.join()} // newer than what was said of others
          news={news}
          onClose={() => {
            selection.tell(null);
            focusBox();
          }}
        />
      )}
      {!isSelecting && !isEmpty && isInOrder && (
        <MenuButton
          className="button button-plain button-small"
          label={`Sort: ${sortName(view.sort)}`}
          choices={SORTS}
          selected={view.sort ?? "address"}
          placement="bottom end"
          onChoose={(id) => onSort(id === "address" ? "" : id)}
        >
          <span className="quiet">Sort:</span> {sortName(view.sort)}
          <Icon name="down" size={12} />
        </MenuButton>
      )}
    </div>
  );
}

function Count({ children }: { readonly children: ReactNode }) {
  return <span className="member-count">{children}</span>;
}

function sortName(sort: Sort | null): string {
  return SORTS.find(({ id }) => id === (sort ?? "address"))?.label ?? "";
}
