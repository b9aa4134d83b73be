import type { ReactNode } from "react";

export type Theme = "light" | "dark";

export interface ChapterProps {
  readonly title: string;
  /** When to use what follows. */
  readonly about: string;
  readonly children: ReactNode;
}

export function Chapter({ title, about, children }: ChapterProps) {
  return (
    <section className="chapter">
      <h2>{title}</h2>
      <p className="quiet">{about}</p>
      {children}
    </section>
  );
}

/** The same in both themes, side by side. Names that must be unique on the page take the theme. */
export function InBothThemes({ children }: { readonly children: (theme: Theme) => ReactNode }) {
  return (
    <div className="themes">
      {(["light", "dark"] as const).map((theme) => (
        <div key={theme} className="theme" data-theme={theme}>
          {children(theme)}
        </div>
      ))}
    </div>
  );
}

/** One state of a component, with its name. */
export function Specimen({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <figure className="specimen">
      <div className="specimen-body">{children}</div>
      <figcaption>{name}</figcaption>
    </figure>
  );
}
