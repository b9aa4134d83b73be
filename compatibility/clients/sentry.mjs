import { equal, match } from "node:assert/strict";
import { onPage } from "./browser.mjs";
import { checkToken } from "./checks.mjs";

const { PLATFORM_API_URL, TOKEN } = process.env;
const script = `
import * as Sentry from "@sentry/browser";

Sentry.init({
  dsn: "http://key@localhost:9/1",
  integrations: [Sentry.browserTracingIntegration()],
  tracesSampleRate: 1,
  tracePropagationTargets: [/.*/],
  propagateTraceparent: true,
});
window.ask = (headers) =>
  Sentry.startSpan({ name: "ask" }, async () => {
    const response = await fetch("${PLATFORM_API_URL}/validate", { headers });
    return (await response.json()).userId;
  });
`;
await onPage(script, async (page) => {
  const sent = page.waitForRequest(`${PLATFORM_API_URL}/validate`);
  // OpenTelemetry sends this one, Sentry the others.
  const headers = { authorization: `Bearer ${TOKEN}`, tracestate: "vendor=1" };
  equal(await page.evaluate((given) => window.ask(given), headers), await checkToken(TOKEN));
  const all = await (await sent).allHeaders();
  for (const name of ["sentry-trace", "baggage", "traceparent", "tracestate"])
    match(all[name] ?? "", /./, name);
});
