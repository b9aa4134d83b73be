import { expect, it } from "vitest";
import { SERVER_VARIABLES } from "./config.ts";
import { unknownVariables } from "./unknown-variables.ts";

it.each([
  ["AUTH0_ISUER", "did you mean AUTH0_ISSUER?"],
  ["AUTH_ISSUER", "did you mean AUTH0_ISSUER?"],
  ["CORS_ORIGIN", "did you mean CORS_ORIGINS?"],
  ["NODE_EVN", "did you mean NODE_ENV?"],
  ["LOG_LEVLE", "did you mean LOG_LEVEL?"],
  ["ACCESS_LOGS", "did you mean ACCESS_LOG?"],
  ["AUTH0_DOMAIN", null],
  ["PLATFORM_JWT_KEY", null],
  ["CLJ_PG_WRAPPER_HOST", null],
  ["JWKS_TTL", null],
  ["IDENTITY_CACHE", null],
  ["MEMBERSHIP_CACHE_SECONDS", null],
  ["SMTP_URI", "did you mean SMTP_URL?"],
  ["SMTP_HOST", null],
  ["MAILFROM", "did you mean MAIL_FROM?"],
  ["INVITATION_TTL", null],
])("T78: %s is unknown: %s", (name, suggestion) => {
  const expected = suggestion === null ? `${name} is unknown` : `${name} is unknown: ${suggestion}`;
  expect(unknownVariables([name], SERVER_VARIABLES)).toEqual([expected]);
});

it("ignores known variables and the variables of other programs", () => {
  const others = [
    ..."PATH HOME HOSTNAME TZ MAIL MAILCHECK MAILBOX_PORT NODE_OPTIONS NODE_EXTRA_CA_CERTS LOG_FORMAT ACCESS_TOKEN".split(
      " ",
    ),
    ..."AWS_PROFILE AWS_ROLE_ARN AWS_CONTAINER_CREDENTIALS_FULL_URI".split(" "),
    // Azure's managed identity; the other processes of `pnpm start`; Kubernetes.
    ..."IDENTITY_ENDPOINT IDENTITY_HEADER PLATFORM_URL RUNS_TABLE DATA_FOLDER".split(" "),
    ..."DYNAMODB_PORT IDENTITY_PROVIDER_PORT USER_DIRECTORY_PORT PLATFORM_API_PORT".split(" "),
    ..."DIRECTORY_SERVICE_HOST DIRECTORY_SERVICE_PORT_HTTP DIRECTORY_PORT_80_TCP_ADDR".split(" "),
  ];
  expect(unknownVariables([...SERVER_VARIABLES, ...others], SERVER_VARIABLES)).toEqual([]);
});
