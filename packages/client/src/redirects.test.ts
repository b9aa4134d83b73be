import { expect, it } from "vitest";
import { createPlatformClient, type PlatformClient } from "./client.ts";
import { isOutage, isRefusal, reasonOf } from "./platform-error.ts";
import { runPlatformStandIn } from "./test-servers/platform-stand-in.ts";
import { thrownBy } from "./test-servers/thrown-by.ts";

const platform = runPlatformStandIn();
/** An attacker's origin: it must get no token, and its answers must not be trusted. */
const elsewhere = runPlatformStandIn();

const validate = ({ auth }: PlatformClient) => auth.validate.query();
const join = ({ org }: PlatformClient) => org.join.mutate({ organizationId: "acme" });

it.each(
  ([301, 302, 303, 307, 308] as const).flatMap((status) =>
    (["authorization", "x-user-token"] as const).flatMap((tokenHeader) =>
      [validate, join].map((call) => ({ status, tokenHeader, call, name: call.name })),
    ),
  ),
)(
  "a $status does not send the token in $tokenHeader to another origin ($name)",
  async ({ status, tokenHeader, call }) => {
    platform.replies(({ procedure }) => {
      return { status, body: "", headers: { location: `${elsewhere.url}/trpc/${procedure}` } };
    });
    const client = createPlatformClient({ url: platform.url, token: "s3cret", tokenHeader });
    const error = await thrownBy(call(client));
    expect([isOutage(error), isRefusal(error), reasonOf(error)]).toEqual([true, false, null]);
    expect([platform.calls.length, elsewhere.calls.length]).toEqual([1, 0]);
  },
);

it("treats a browser's opaque redirect, a response without a status, as an outage without a retry", async () => {
  let asked = 0;
  const opaque = Object.defineProperties(Response.error(), { type: { value: "opaqueredirect" } });
  const fetch = async () => {
    asked += 1;
    return opaque;
  };
  const error = await thrownBy(validate(createPlatformClient({ url: platform.url, fetch })));
  expect([isOutage(error), asked]).toEqual([true, 1]);
  expect(String(error)).toContain("redirect");
});
