import { type Html, html } from "./html.ts";
import { type PageContext, showPage } from "./page.ts";

/** Something to tell the person: what happened, and what there is to do. */
export interface Message {
  readonly title: string;
  readonly text: string;
  /** What the request could have named instead. */
  readonly known?: readonly string[];
  /** The protocol's word for an error, for whoever wrote the application. */
  readonly code?: string;
  /** What the person can do here. */
  readonly action?: Html;
  readonly formTargets?: readonly string[];
}

/** Answers with a page that says one thing. */
export function showMessage(ctx: PageContext, status: number, message: Message): void {
  const { title, text, known = [], code, action, formTargets = [] } = message;
  const content = html`<h1>${title}</h1>
<p class="lead" role="${status < 400 ? "status" : "alert"}">${text}</p>
${known.length === 0 ? null : knownList(known)}
${action ?? null}
${code === undefined ? null : html`<p class="note">Error code: <code>${code}</code></p>`}`;
  const brand = { company: "Platform", provider: "Sign-in" };
  showPage(ctx, status, {
    title: `${title} · ${brand.company}`,
    strategy: "auth0",
    brand,
    content,
    formTargets,
  });
}

function knownList(known: readonly string[]): Html {
  return html`<section aria-labelledby="known">
<h2 id="known">Known here</h2>
<ul class="known">${known.map((name) => html`<li>${name}</li>`)}</ul>
</section>`;
}
