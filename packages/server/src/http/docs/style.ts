/**
 * The viewer in the colours of the frontend (`apps/frontend/src/design/theme.css`). The viewer's own styles are a layer,
 * so every rule here wins, in both themes. They stay for layout only.
 */
export const DOCS_STYLE = `@import url("swagger-ui.css") layer(viewer);

:root {
  color-scheme: light dark;
  --ground: light-dark(#f9f9fb, #0b0c0f);
  --surface: light-dark(#fff, #131419);
  --sunken: light-dark(#f3f4f7, #0f1014);
  --line: light-dark(#e5e6ec, #25272f);
  --line-strong: light-dark(#d0d2db, #363943);
  --field-line: light-dark(#868a98, #6f7381);
  --text: light-dark(#14151a, #eeeff3);
  --quiet: light-dark(#5b5f6d, #a2a6b3);
  --accent: light-dark(#4b50c8, #5d63e0);
  --accent-hover: light-dark(#3f44b0, #5056d4);
  --accent-text: light-dark(#4347b8, #a5a9ff);
  --accent-soft: light-dark(#eeeffb, #1e2040);
  --on-accent: #fff;
  --good: light-dark(#14703f, #5fd097);
  --good-soft: light-dark(#e6f4ec, #12271c);
  --warn: light-dark(#8a5300, #f0b760);
  --warn-soft: light-dark(#fdf4e3, #2a2113);
  --bad: light-dark(#b3261e, #ffaaa2);
  --bad-soft: light-dark(#fceceb, #331a19);
  --mono: ui-monospace, "SF Mono", "Cascadia Code", "DejaVu Sans Mono", monospace;
}
body { margin: 0; background: var(--ground); color: var(--text); font: 400 0.9375rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
noscript { display: block; padding: 1rem; }

/* What the viewer colours, boxes and underlines by itself. */
.swagger-ui, .swagger-ui * { border-color: var(--line); background-color: transparent; box-shadow: none; color: inherit; font-family: inherit; text-shadow: none; }
.swagger-ui svg { fill: currentColor; }
.swagger-ui :focus-visible { outline: 2px solid var(--accent-text); outline-offset: 2px; }
.swagger-ui .wrapper { max-width: 60rem; padding: 0 clamp(1rem, 4vw, 2rem); box-sizing: border-box; }
.swagger-ui .block.col-12 { padding: 0; }
.swagger-ui a, .swagger-ui a .url { color: var(--accent-text); }
.swagger-ui a.nostyle, .swagger-ui a.nostyle:visited { color: inherit; }
.swagger-ui p, .swagger-ui li, .swagger-ui td, .swagger-ui th, .swagger-ui label, .swagger-ui input, .swagger-ui select, .swagger-ui textarea { font-size: 0.875rem; }
.swagger-ui code, .swagger-ui pre, .swagger-ui .opblock-summary-path, .swagger-ui .opblock-summary-method, .swagger-ui textarea, .swagger-ui .parameter__name, .swagger-ui .request-url { font-family: var(--mono); font-size: 0.8125rem; }
.swagger-ui .renderedMarkdown code, .swagger-ui .auth-container code { border-radius: 4px; padding: 0.125rem 0.3125rem; background: var(--sunken); font-weight: 500; }
.swagger-ui :is(small, i, .parameter__in, .parameter__type, .parameter__deprecated, .prop-format, .response-col_links, .tab li, .servers-title, .schemes-title, .opblock-summary-description, .opblock-tag small, .response-control-media-type__accept-message, .examples__section-header) { color: var(--quiet); }

/* Title and introduction */
.swagger-ui .info { margin: 3rem 0 2rem; }
.swagger-ui .info .title { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; margin: 0 0 0.25rem; font-size: clamp(1.375rem, 1.2rem + 0.8vw, 1.625rem); font-weight: 620; letter-spacing: -0.022em; }
.swagger-ui .info .title > span { display: contents; }
.swagger-ui .info .title small { top: 0; margin: 0; padding: 0; border-radius: 6px; background: var(--sunken); }
.swagger-ui .info .title small pre { padding: 0.1875rem 0.5rem; color: var(--quiet); font-size: 0.75rem; letter-spacing: 0; }
.swagger-ui .info__description p, .swagger-ui .info__summary { max-width: 44rem; margin: 0.75rem 0; text-wrap: pretty; }

/* Buttons and fields */
.swagger-ui .btn, .swagger-ui .download-contents { min-height: 2.25rem; border: 1px solid var(--line-strong); border-radius: 8px; padding: 0.25rem 0.875rem; background: var(--surface); color: var(--text); font-size: 0.8125rem; font-weight: 550; transition: background-color 120ms; }
.swagger-ui .btn:hover, .swagger-ui .download-contents:hover { border-color: var(--field-line); background: var(--sunken); }
.swagger-ui .btn.execute, .swagger-ui .auth-btn-wrapper .authorize { border-color: transparent; background: var(--accent); color: var(--on-accent); }
.swagger-ui .btn.execute:hover, .swagger-ui .auth-btn-wrapper .authorize:hover { background: var(--accent-hover); }
.swagger-ui .btn.authorize { display: inline-flex; align-items: center; padding-right: 0.75rem; }
.swagger-ui .btn.authorize span { padding: 0.125rem 0.5rem 0 0; }
.swagger-ui .btn-group { gap: 0.5rem; padding: 1rem 1.25rem; }
.swagger-ui .btn-group .btn { flex: 0 0 auto; min-width: 7rem; border-radius: 8px; }
.swagger-ui .download-contents { right: 0.5rem; bottom: 0.5rem; width: auto; height: auto; min-height: 2rem; }
.swagger-ui .copy-to-clipboard { right: 6.75rem; bottom: 0.5rem; width: 2rem; height: 2rem; border: 1px solid var(--line-strong); border-radius: 8px; }
.swagger-ui .curl-command .copy-to-clipboard { right: 0.5rem; }
/* Its picture is white. */
.swagger-ui .copy-to-clipboard, .swagger-ui .opblock-summary .view-line-link button { background-color: light-dark(#5b5f6d, transparent); }
.swagger-ui .copy-to-clipboard button { background-position: center; border-radius: 7px; width: 100%; height: 100%; }
.swagger-ui .opblock-summary .view-line-link { right: 0; border: 0; margin: 0; background: none; opacity: 0; }
.swagger-ui .opblock-summary:is(:hover, :focus-within) .view-line-link { opacity: 1; }
.swagger-ui .opblock-summary > button:not(.opblock-summary-control) { color: var(--quiet); }
.swagger-ui select, .swagger-ui input[type="text"], .swagger-ui input[type="password"], .swagger-ui textarea { min-height: 2.25rem; max-width: 100%; margin: 0.25rem 0; border: 1px solid var(--field-line); border-radius: 8px; padding: 0.3125rem 0.625rem; background-color: var(--surface); color: var(--text); font-weight: 400; }
.swagger-ui textarea { min-height: 10rem; }
.swagger-ui select { appearance: auto; background-image: none; }
.swagger-ui .response-control-media-type--accept-controller select { border-color: var(--field-line); }
.swagger-ui ::placeholder { color: var(--quiet); opacity: 1; }
.swagger-ui .invalid, .swagger-ui [class] .invalid { border-color: var(--bad); background-color: var(--bad-soft); }
.swagger-ui .errors-wrapper, .swagger-ui .errors { border-color: var(--bad); background: var(--bad-soft); color: var(--bad); }

/* Server and credentials */
.swagger-ui .scheme-container { margin: 0; padding: 0; }
.swagger-ui .scheme-container .schemes { padding: 0 clamp(1rem, 4vw, 2rem); flex-wrap: wrap; gap: 1rem; align-items: end; }
.swagger-ui .servers > label { margin: 0; }
.swagger-ui .dialog-ux .backdrop-ux { background: light-dark(rgb(20 21 40 / 0.4), rgb(0 0 0 / 0.65)); }
.swagger-ui .dialog-ux .modal-ux { box-sizing: border-box; width: 34rem; max-width: calc(100vw - 2rem); min-width: 0; border: 1px solid var(--line); border-radius: 12px; background: var(--surface); }
.swagger-ui .dialog-ux .modal-ux-header h3 { padding: 0 1.25rem; font-size: 1rem; }
.swagger-ui .dialog-ux .modal-ux-content p { color: inherit; font-size: 0.875rem; }
.swagger-ui .auth-container .wrapper { padding: 0; }
.swagger-ui .auth-container h4 { font-size: 0.9375rem; }
.swagger-ui .auth-container input { box-sizing: border-box; width: 100%; min-width: 0; }
.swagger-ui .auth-btn-wrapper { justify-content: flex-start; gap: 0.5rem; padding: 0.5rem 0; }
.swagger-ui .auth-btn-wrapper .btn { margin: 0; padding: 0.25rem 0.875rem; }
.swagger-ui .modal-btn.auth.button { min-width: 0; }

/* Operations */
.swagger-ui .opblock-tag { flex-wrap: wrap; gap: 0 0.75rem; border: 0; margin: 2.25rem 0 0.75rem; padding: 0; font-size: 1rem; font-weight: 600; }
.swagger-ui .opblock-tag:hover { background: none; }
.swagger-ui .opblock-tag > a { flex: none; }
.swagger-ui .opblock-tag small { flex: 1; padding: 0; font-size: 0.875rem; }
.swagger-ui .opblock-tag small p { margin: 0; }
.swagger-ui .operation-tag-content { overflow: clip; border: 1px solid var(--line); border-radius: 12px; background: var(--surface); }
.swagger-ui .opblock { margin: 0; border: 0; border-radius: 0; }
.swagger-ui span + span > .opblock { border-top: 1px solid var(--line); }
.swagger-ui .opblock .opblock-summary { flex-wrap: nowrap; border: 0; padding: 0.5rem 0.75rem 0.5rem 1rem; }
.swagger-ui .opblock:hover > .opblock-summary { background: var(--sunken); }
.swagger-ui .opblock.is-open > .opblock-summary { border-bottom: 1px solid var(--line); }
.swagger-ui .opblock-summary-control { gap: 0.75rem; min-width: 0; min-height: 2rem; text-align: left; }
.swagger-ui .opblock-summary-control:focus-visible { outline-offset: -1px; border-radius: 6px; }
.swagger-ui .opblock .opblock-summary-method { flex: none; min-width: 4.25rem; border-radius: 6px; padding: 0.1875rem 0; background: var(--accent-soft); color: var(--accent-text); font-size: 0.75rem; font-weight: 650; }
.swagger-ui .opblock-post .opblock-summary-method { background: var(--good-soft); color: var(--good); }
.swagger-ui :is(.opblock-put, .opblock-patch) .opblock-summary-method { background: var(--warn-soft); color: var(--warn); }
.swagger-ui .opblock-delete .opblock-summary-method { background: var(--bad-soft); color: var(--bad); }
.swagger-ui .opblock-summary-path-description-wrapper { flex-wrap: wrap; gap: 0 0.75rem; min-width: 0; padding: 0; }
.swagger-ui .opblock .opblock-summary-path { flex-shrink: 1; max-width: 100%; padding: 0; font-weight: 550; word-break: normal; }
.swagger-ui .opblock-summary-description { font-size: 0.8125rem; }
.swagger-ui .opblock .opblock-section-header { border-bottom: 1px solid var(--line); background: var(--sunken); padding: 0.5rem 1.25rem; min-height: 2.75rem; box-sizing: border-box; }
.swagger-ui .opblock-section-header h4, .swagger-ui .opblock-section-header .tab-header h4 { font-size: 0.875rem; font-weight: 600; }
.swagger-ui .opblock-section-header .tab-item.active h4 span::after { display: none; }
.swagger-ui .opblock-description-wrapper, .swagger-ui .opblock-body .table-container, .swagger-ui .responses-inner { padding: 1rem 1.25rem; }
.swagger-ui .opblock-description-wrapper p { margin: 0; }
.swagger-ui :is(h4, h5) { font-size: 0.8125rem; font-weight: 600; }
.swagger-ui .opblock-section-header :is(h4, h4 span) { font-family: inherit; }
.swagger-ui .execute-wrapper { padding: 1rem 1.25rem; text-align: left; }
.swagger-ui .execute-wrapper .btn { width: auto; min-width: 7rem; padding: 0.25rem 0.875rem; }
.swagger-ui .opblock-title_normal, .swagger-ui .opblock-section-request-body .opblock-description-wrapper { padding: 1rem 1.25rem; }

/* Parameters, bodies and responses */
.swagger-ui table { display: block; overflow-x: auto; padding: 0; }
.swagger-ui table :is(thead, tbody) { width: 100%; }
.swagger-ui table thead tr :is(td, th) { border: 0; padding: 0.375rem 0; color: var(--quiet); font-size: 0.75rem; font-weight: 550; }
.swagger-ui table tbody tr td { padding: 0.75rem 0.75rem 0 0; }
.swagger-ui table.responses-table, .swagger-ui table.parameters { display: grid; grid-template-columns: minmax(0, 1fr); }
.swagger-ui :is(.responses-table, .parameters) > :is(thead, tbody) { display: grid; grid-template-columns: minmax(0, 1fr); }
.swagger-ui :is(.responses-table, .parameters) > * > tr { display: grid; grid-template-columns: 6rem minmax(0, 1fr); }
.swagger-ui .parameters > * > tr { grid-template-columns: minmax(7rem, 14rem) minmax(0, 1fr); }
.swagger-ui .response-col_links { display: none; }
.swagger-ui .response-col_status { font-weight: 600; }
.swagger-ui .response .response-undocumented, .swagger-ui .response-undocumented { color: var(--quiet); font-size: 0.75rem; }
.swagger-ui .parameter__name.required::after, .swagger-ui .parameter__name.required span, .swagger-ui .required { color: var(--bad); }
.swagger-ui .response-controls { gap: 0.5rem 1rem; flex-wrap: wrap; padding: 0.5rem 0; }
.swagger-ui :is(.microlight, .highlight-code pre, .curl, .request-url pre) { border: 1px solid var(--line); border-radius: 8px; padding: 0.75rem !important; background: var(--sunken) !important; color: var(--text) !important; font-weight: 400; white-space: pre-wrap; }
.swagger-ui .highlight-code > .microlight { max-height: 24rem; overflow-y: auto; }
.swagger-ui .tab li.active, .swagger-ui .tab li button.tablinks { color: inherit; }
.swagger-ui .tab li.active { color: var(--text); font-weight: 600; }
.swagger-ui .tab li:first-of-type::after { background: var(--line-strong); }

.swagger-ui .headers td, .swagger-ui .headers .header-col { padding: 0.375rem 1rem 0.375rem 0; font-size: 0.8125rem; font-weight: 400; }

/* Schemas */
.swagger-ui section.models { border: 1px solid var(--line); border-radius: 12px; margin: 2.25rem 0 3rem; background: var(--surface); }
.swagger-ui section.models h4 { margin: 0; border: 0; padding: 0.75rem 1.25rem; font-size: 1rem; }
.swagger-ui section.models h4:hover { background: none; }
.swagger-ui .json-schema-2020-12 { margin: 0; border-radius: 0; padding: 0.75rem 1.25rem; }
.swagger-ui .no-margin > .json-schema-2020-12 { border-top: 1px solid var(--line); }
.swagger-ui .json-schema-2020-12 :is(.json-schema-2020-12__title, strong) { font-size: 0.8125rem; }
.swagger-ui .json-schema-2020-12__attribute, .swagger-ui .json-schema-2020-12__constraint, .swagger-ui .json-schema-2020-12-expand-deep-button, .swagger-ui [class*="json-schema-2020-12-"] :is(span, pre) { color: var(--quiet); font-size: 0.75rem; }
.swagger-ui .json-schema-2020-12__attribute--primary { color: var(--accent-text); }
.swagger-ui .json-schema-2020-12__constraint { border-radius: 4px; background: var(--sunken); }
.swagger-ui .json-schema-2020-12-property--required > .json-schema-2020-12 > .json-schema-2020-12-head .json-schema-2020-12__title::after { color: var(--bad); }

@media (width < 40rem) {
  .swagger-ui .opblock-summary-control { flex-wrap: wrap; gap: 0.25rem 0.75rem; padding: 0.25rem 0; }
  .swagger-ui .opblock-summary .view-line-link { display: none; }
  .swagger-ui :is(.responses-table, .parameters) > * > tr { grid-template-columns: minmax(0, 1fr); }
  .swagger-ui :is(.responses-table, .parameters) > thead { display: none; }
  .swagger-ui .scheme-container .auth-wrapper { justify-content: flex-start; }
}
`;
