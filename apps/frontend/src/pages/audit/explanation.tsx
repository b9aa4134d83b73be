import { type ReactNode, useEffect, useRef } from "react";
import { Button } from "react-aria-components";
import { calledText } from "./called.ts";
import { userOfActor } from "./entry-shape.ts";
import type { AuditFilter } from "./filter.ts";
import { nameOfOther } from "./parts.ts";
import type { People } from "./use-people.ts";

/** Whom the filter names, as an actor. Empty for anyone. */
export function chosenOf({ person, actor = "" }: AuditFilter): string {
  return person === undefined ? actor : `user:${person}`;
}

export function nameOfActor(actor: string, { names, isLoading }: People): string | null {
  const userId = userOfActor(actor);
  if (userId !== null) return isLoading(userId) ? null : calledText(names.user(userId));
  return actor === "operator" || actor === "system" || actor === "login" ? nameOfOther(actor) : null;
}

/** The person whose name was pressed in an entry. A new object for each press. */
export interface PressedName {
  readonly userId: string;
}

interface ExplanationProps {
  readonly filter: AuditFilter;
  readonly people: People;
  readonly pressed: PressedName | null;
  readonly onShow: (whom: Pick<AuditFilter, "person" | "actor">) => void;
  /** What else can be done about the filter. */
  readonly children: ReactNode;
}

/**
 * What the entries of a person are, and the way from one kind to the other. It takes the focus from a name that was
 * pressed, because the entry of that name goes.
 */
export function Explanation({ filter, people, pressed, onShow, children }: ExplanationProps) {
  const chosen = chosenOf(filter);
  const userId = userOfActor(chosen);
  const name = nameOfActor(chosen, people);
  const button = useRef<HTMLButtonElement>(null);
  const isShown = name !== null && userId !== null;
  useEffect(() => {
    if (isShown && pressed?.userId === userId) button.current?.focus();
  }, [isShown, pressed, userId]);
  if (!isShown) return children && <p className="quiet audit-explanation">{children}</p>;
  const isBoth = filter.person !== undefined;
  return (
    <p className="quiet audit-explanation">
      What <bdi>{name}</bdi> did{isBoth && ", and what was done to them"}.{" "}
      <Button
        ref={button}
        className="audit-person-link"
        onPress={() => onShow(isBoth ? { actor: chosen } : { person: userId })}
      >
        {isBoth ? "Only what they did" : "Also what was done to them"}
      </Button>{" "}
      {children}
    </p>
  );
}
