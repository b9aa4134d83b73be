import { createPlatformClient, isOutage, reasonOf, retryAfterMs } from "@platform-api/client";
import { platformHandlers } from "@platform-api/client/testing";
import { setupWorker } from "msw/browser";

/** Runs in a browser and writes what the handlers answer into the page, for the test to read. */
const url = "https://platform.example";
const jane = { email: "jane@acme.example", memberships: { acme: "owner" } } as const;
const platform = platformHandlers({ url, organizations: [{ id: "acme", name: "Acme" }], users: [jane] });
await setupWorker(...platform.handlers).start({ quiet: true });

const client = createPlatformClient({ url, retries: 0, token: () => platform.tokenFor(jane.email) });
const thrownBy = (work: Promise<unknown>) => work.catch((error: unknown) => error);

const { organizations } = await client.org.me.query();
const { method } = await client.discover.byEmail.mutate(jane);
platform.refuse("KEYS_UNAVAILABLE", { times: 1 });
const outage = await thrownBy(client.org.me.query());
platform.goDown();
const silence = await thrownBy(client.org.me.query());
const redirected = createPlatformClient({ url: `${location.origin}/moved`, token: "t" });
const redirect = await thrownBy(redirected.org.me.query());
document.body.textContent = JSON.stringify({
  roles: organizations.map(({ role }) => role),
  method,
  outage: [reasonOf(outage), retryAfterMs(outage)],
  silence: reasonOf(silence),
  redirect: [reasonOf(redirect), isOutage(redirect)],
});
