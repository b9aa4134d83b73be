import { platformHandlers, type TestUser } from "@platform-api/client/testing";
import { http, passthrough } from "msw";
import { setupServer } from "msw/node";

export const PLATFORM_URL = "http://platform.test";

const ORGANIZATIONS = ["acme", "umbrella", "globex"].map((id) => ({ id, name: id }));
const MEMBER = { organizationId: "acme", memberships: { acme: "member", umbrella: "member" } } as const;

/** platform-api as the SDK mocks it. Any other request, except to loopback, is an error. */
export function mockPlatform() {
  const platform = platformHandlers({ url: PLATFORM_URL, organizations: ORGANIZATIONS });
  const loopback = http.all(/^http:\/\/127\.0\.0\.1:/, () => passthrough());
  let people = 0;
  return {
    ...platform,
    server: setupServer(loopback, ...platform.handlers),
    /** The procedures that were called, in order. A test adds other calls that it sees. */
    asked: platform.calls,
    /** A token of a new user, so that the SDK's cache does not matter. */
    signIn(user: Omit<TestUser, "email"> = {}): string {
      people += 1;
      const email = `jane-${people}@acme.example`;
      platform.addUser({ email, ...MEMBER, ...user });
      return platform.tokenFor(email);
    },
  };
}
