// @vitest-environment happy-dom
import type { Reason } from "@platform-api/client";
import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { openConsole } from "../../testing/open-console.ts";

const LABEL = "Send the e-mail again";

/** Opens the page of a problem. The identity provider sends e-mails if it has an answer. */
async function openProblem(reason: Reason, answer?: () => Response | Promise<Response>) {
  const url = `${location.origin}/verification`;
  const asked: (string | null)[] = [];
  const { platform, reload, press } = await openConsole({
    path: "/",
    ...(answer && { config: { emailVerificationUrl: url } }),
    respond(request) {
      if (request.url !== url) return undefined;
      asked.push(request.headers.get("authorization"));
      return answer?.();
    },
  });
  platform.refuse(reason);
  await reload();
  await screen.findByText(reason);
  return { press, asked };
}

it.each([
  ["a sent e-mail", 204, "Sent to jane@acme.example. It can take a minute to arrive."],
  ["a second one too soon", 429, "An e-mail is on its way. Wait a minute before you ask for another."],
  ["a refusal", 502, "The e-mail could not be sent. Try again in a moment."],
  ["an outage", null, "The e-mail could not be sent. Try again in a moment."],
])("VerificationEmail announces %s", async (_, status, text) => {
  const { press, asked } = await openProblem("EMAIL_UNVERIFIED", () =>
    status === null ? Promise.reject(new TypeError("connection reset")) : new Response(null, { status }),
  );
  const said = () => document.querySelector(".verification [role=status]")?.textContent;
  await waitFor(() => expect(said()).toBe("Nothing in your inbox or your spam folder?"));
  await press(LABEL);
  await waitFor(() => expect(said()).toBe(text));
  expect(asked).toEqual([expect.stringMatching(/^Bearer test-token\./)]);
});

it.each<[string, Reason, (() => Response)?]>([
  ["for another problem", "EMAIL_MISSING", () => new Response()],
  ["if the identity provider cannot send it", "EMAIL_UNVERIFIED"],
])("VerificationEmail is not offered %s", async (_, reason, answer) => {
  await openProblem(reason, answer);
  expect(screen.queryByRole("button", { name: LABEL })).toBeNull();
});
