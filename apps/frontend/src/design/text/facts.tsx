import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";

interface FactsProps {
  readonly id: string;
  readonly title: string;
  readonly children: ReactNode;
}

/** A card of names and values. */
export function Facts({ id, title, children }: FactsProps) {
  return (
    <section className="card" aria-labelledby={id}>
      <h2 id={id} className="card-title">
        {title}
      </h2>
      <dl className="facts">{children}</dl>
    </section>
  );
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children ?? <span className="skeleton" style={{ width: "9em" }} />}</dd>
    </div>
  );
}

export function CopyableId({ id, what }: { readonly id: string; readonly what: string }) {
  return (
    <span className="fact-copy">
      <code>{id}</code>
      <CopyButton text={id} what={what} />
    </span>
  );
}
