/** Addresses are relative, so that the page also works under a path of a proxy. */
export const DOCS_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>platform-api</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="docs/page.css">
    <script src="docs/swagger-ui-bundle.js" defer></script>
    <script src="docs/start.js" defer></script>
  </head>
  <body>
    <noscript>This page needs JavaScript. <a href="openapi.json">openapi.json</a> has the same content.</noscript>
    <div id="viewer"></div>
  </body>
</html>
`;

/**
 * Runs in the page. `validatorUrl: null` stops the viewer from calling an external validator. Its colours of syntax are
 * inline styles with too little contrast. What it does not say to screen readers is added whenever it draws.
 */
export const DOCS_SCRIPT = `const ADDED = [
  [".information-container", { role: "banner" }],
  [".scheme-container", { role: "region", "aria-label": "Server and credentials" }],
  ["h3:not([aria-level])", { "aria-level": "2" }],
  ["h4:not([aria-level])", { "aria-level": "3" }],
  ["h5:not([aria-level])", { "aria-level": "4" }],
  ["#servers", { "aria-label": "Server" }],
  [".examples-select-element", { "aria-label": "Example" }],
  [".modal-ux", { role: "dialog", "aria-modal": "true", "aria-label": "Available authorizations" }],
  [".body-param__text", { "aria-label": "Request body" }],
  [".close-modal", { "aria-label": "Close" }],
  ["[aria-label='Apply credentials']", { "aria-label": "Authorize with these credentials" }],
  ["[aria-label='Remove authorization']", { "aria-label": "Logout and remove the credentials" }],
  [".swagger-ui pre, .swagger-ui table", { tabindex: "0" }],
];
const viewer = document.getElementById("viewer");
const add = () => {
  for (const [selector, attributes] of ADDED)
    for (const element of viewer.querySelectorAll(selector))
      for (const [name, value] of Object.entries(attributes))
        if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  for (const select of viewer.querySelectorAll("select:not([aria-label])"))
    select.setAttribute("aria-label", select.closest("[data-param-name]")?.dataset.paramName ?? "Value");
  for (const table of viewer.querySelectorAll("table[role=region]:not([aria-label])")) {
    const operation = table.closest(".opblock")?.querySelector(".opblock-summary-control")?.innerText;
    table.setAttribute("aria-label", "Responses: " + operation?.replace(/\\s+/g, " "));
  }
};
new MutationObserver(add).observe(viewer, { childList: true, subtree: true });
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#viewer",
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  syntaxHighlight: false,
});
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
