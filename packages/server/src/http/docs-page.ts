/** Addresses are relative, so that the page also works under a path of a proxy. */
export const DOCS_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>platform-api</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="docs/swagger-ui.css">
    <link rel="stylesheet" href="docs/page.css">
    <script src="docs/swagger-ui-bundle.js" defer></script>
    <script src="docs/start.js" defer></script>
  </head>
  <body>
    <noscript>This page needs JavaScript. <a href="openapi.json">openapi.json</a> has the same content.</noscript>
    <main id="viewer"></main>
  </body>
</html>
`;

/** Runs in the page. `validatorUrl: null` stops the viewer from calling an external validator. */
export const DOCS_SCRIPT = `const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
follow();
dark.addEventListener("change", follow);
SwaggerUIBundle({ url: "openapi.json", dom_id: "#viewer", validatorUrl: null, defaultModelsExpandDepth: 0 });
`;

/** The viewer's dark mode does not set the colour of response header names. */
export const DOCS_STYLE = `html.dark-mode .swagger-ui .headers td.header-col { color: inherit; }
`;

/** No inline script, no other host, no frame. */
export const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
