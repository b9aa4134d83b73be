import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { KoaContextWithOIDC } from "oidc-provider";
import { Html, html } from "./html.ts";

const style = readFileSync(new URL("page.css", import.meta.url), "utf8");
const styleHash = createHash("sha256").update(style).digest("base64");

/** One page of the identity provider. */
export interface Page {
  readonly title: string;
  /** Auth0's name for the kind of identity provider, which sets the colour of the page. */
  readonly strategy: string;
  /** The company and the kind of its identity provider. */
  readonly brand: { readonly company: string; readonly provider: string };
  readonly content: Html;
  /** Other origins to which a form on the page may redirect. */
  readonly formTargets?: readonly string[];
}

/** The part of Koa's context that a page needs. */
export type PageContext = Pick<KoaContextWithOIDC, "status" | "type" | "body" | "set">;

/** Answers with a page that has no script and no third-party content, and is never cached. */
export function showPage(ctx: PageContext, status: number, page: Page): void {
  ctx.status = status;
  ctx.type = "html";
  ctx.set({
    "Cache-Control": "no-store",
    // Browsers also apply form-action to the redirects after a form, up to the application's callback.
    "Content-Security-Policy": [
      "default-src 'none'",
      `style-src 'sha256-${styleHash}'`,
      "img-src data:",
      `form-action 'self' ${(page.formTargets ?? []).join(" ")}`.trim(),
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
  });
  ctx.body = document(page).text;
}

/** Makes the browser get another page after a form. */
export function redirect(ctx: Pick<KoaContextWithOIDC, "redirect" | "status">, to: string): void {
  ctx.redirect(to);
  ctx.status = 303;
}

function document({ title, strategy, brand, content }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body data-strategy="${strategy}">
<main>
<header>
<span class="mark" aria-hidden="true">${brand.company.slice(0, 1).toUpperCase()}</span>
<p><strong>${brand.company}</strong><span>${brand.provider}</span></p>
</header>
${content}
</main>
<footer>Development identity provider. It stands in for Auth0 on this machine.</footer>
</body>
</html>`;
}
