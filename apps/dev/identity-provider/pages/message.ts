import { type Html, html } from "./html.ts";
import { type PageContext, showPage } from "./page.ts";

/** A message page: what happened and what the user can do. */
export interface Message {
  readonly title: string;
  readonly text: string;
  /** The names that the request could have used. */
  readonly known?: readonly string[];
  /** The protocol's error code, for the developer of the application. */
  readonly code?: string;
  /** What the user can do here. */
  readonly action?: Html;
  readonly formTargets?: readonly string[];
}

/** Answers with a message page. */
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
