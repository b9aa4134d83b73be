import { AUDIENCE, actionClaims, type Claims, type Issuer } from "../simulator/issuer.ts";
import { fresh } from "../simulator/people.ts";
import { get, post, requestOf } from "./canary.ts";

/** Plants the text in one place of a request. @returns the whole request, as it is sent */
type Plant = (canary: string) => string | Promise<string>;

/** Each place of a request where a client can put a text, with the status of the answer. */
export type Planted = readonly [where: string, status: number, plant: Plant];

const FORM = "content-type: application/x-www-form-urlencoded";
const logout = (form: string) =>
  requestOf("POST", "/backchannel-logout", [FORM, `content-length: ${form.length}`], form);
const introspect = (form: string, authorization: string) =>
  requestOf("POST", "/introspect", [authorization, FORM, `content-length: ${form.length}`], form);
const basic = (clientId: string, secret: string) =>
  `authorization: Basic ${Buffer.from(`${clientId}:${secret}`).toString("base64")}`;
const bearer = (token: string) => `authorization: Bearer ${token}`;

/** @param good a token that is accepted */
export function plantedInRequests(good: () => string): readonly Planted[] {
  const asked = (path: string, ...headers: string[]) => get(path, bearer(good()), ...headers);
  return [
    ["the path", 404, (c) => get(`/${c}/${c}`)],
    ["the path below a route", 404, (c) => asked(`/validate/${c}`)],
    ["the path in escapes", 404, (c) => get(`/%63anary${c.slice("canary".length)}`)],
    ["the path in bad escapes", 400, (c) => get(`/${c}%zz`)],
    ["the query", 200, (c) => asked(`/validate?${c}=${c}`)],
    ["a query parameter", 200, (c) => asked(`/check?organizationId=${c}`)],
    ["a refused query parameter", 400, (c) => asked(`/check?organizationId=acme&role=${c}`)],
    ["an unknown query parameter", 400, (c) => asked(`/check?organizationId=acme&${c}=1`)],
    ["a path parameter", 403, (c) => post(`/organizations/${c}/join`, "{}", bearer(good()))],
    ["a procedure", 404, (c) => asked(`/trpc/${c}`)],
    ["a procedure below a router", 404, (c) => asked(`/trpc/auth.${c}`)],
    ["the paths of a batch", 207, (c) => asked(`/trpc/auth.validate,${c}?batch=1`)],
    [
      "the input of a batch",
      400,
      (c) => asked(`/trpc/auth.check?batch=1&input={"0":{"organizationId":["${c}"]}}`),
    ],
    ["tRPC's input", 200, (c) => asked(`/trpc/auth.check?input={"organizationId":"${c}"}`)],
    [
      "a field name of tRPC's input",
      400,
      (c) => asked(`/trpc/auth.check?input={"organizationId":"acme","${c}":1}`),
    ],
    ["broken JSON in tRPC's input", 400, (c) => asked(`/trpc/auth.check?input={"${c}`)],
    ["a body", 400, (c) => post("/public/auth/discover", JSON.stringify({ email: c }))],
    [
      "an accepted body",
      200,
      (c) => post("/public/auth/discover", JSON.stringify({ email: `${c}@${c}.example` })),
    ],
    ["a field name of a body", 400, (c) => post("/public/auth/discover", JSON.stringify({ [c]: c }))],
    ["broken JSON in a body", 400, (c) => post("/public/auth/discover", `{"email": ${c}`)],
    ["a body of tRPC", 400, (c) => post("/trpc/discover.byEmail", JSON.stringify({ email: c }))],
    [
      "a body's type",
      415,
      (c) =>
        requestOf("POST", "/public/auth/discover", [`content-type: ${c}/${c}`, "content-length: 2"], "{}"),
    ],
    ["a body of another length", 400, (c) => requestOf("POST", "/validate", [`content-length: ${c}`], "")],
    [
      "a body of another encoding",
      400,
      (c) => requestOf("POST", "/validate", [`transfer-encoding: ${c}`], ""),
    ],
    ["a standard method's path", 404, (c) => requestOf("PROPFIND", `/${c}`, [], "")],
    ["the method", 400, (c) => requestOf(c.toUpperCase(), "/validate", [], "")],
    ["the protocol", 400, (c) => `GET /${c} ${c}/1.1\r\n\r\n`],
    ["a line that is not a header", 400, (c) => asked("/validate", c)],
    ["a header's name", 200, (c) => asked("/validate", `${c}: 1`)],
    ["a header's value", 200, (c) => asked("/validate", `x-other: ${c}`)],
    ["too many headers", 431, (c) => asked("/validate", `x-other: ${c.repeat(2_000)}`)],
    ["Host", 200, (c) => asked("/validate", `x-forwarded-host: ${c}`, `forwarded: for=${c}`)],
    ["X-Forwarded-For", 200, (c) => asked("/validate", `x-forwarded-for: ${c}, ${c}`)],
    ["Origin", 200, (c) => asked("/validate", `origin: https://${c}.example`)],
    [
      "a preflight",
      404,
      (c) =>
        requestOf(
          "OPTIONS",
          "/validate",
          [`origin: https://${c}`, `access-control-request-method: ${c}`],
          "",
        ),
    ],
    ["Cookie and User-Agent", 200, (c) => asked("/validate", `cookie: ${c}=${c}`, `user-agent: ${c}`)],
    ["a malformed X-Request-Id", 200, (c) => asked("/validate", `x-request-id: ${c}@acme.example`)],
    ["an X-Request-Id that is too long", 401, (c) => get("/validate", `x-request-id: ${c.padEnd(65, "x")}`)],
    [
      "a malformed traceparent",
      401,
      (c) => get("/validate", `traceparent: 00-${c}-${c}-01`, `tracestate: ${c}=${c}`),
    ],
    ["a bearer token", 401, (c) => get("/validate", bearer(c))],
    ["a token's parts", 401, (c) => get("/validate", bearer(`${c}.${c}.${c}`))],
    ["a user token", 401, (c) => get("/validate", `x-user-token: ${c}`)],
    ["another scheme", 400, (c) => get("/validate", `authorization: Basic ${c}`)],
    ["an unknown scheme", 400, (c) => get("/validate", `authorization: ${c} ${c}`)],
    ["two words of a token", 400, (c) => get("/validate", bearer(`${c} ${c}`))],
    ["two tokens in one header", 400, (c) => get("/validate", bearer(`${c}, ${c}`))],
    ["two headers", 400, (c) => asked("/validate", bearer(c))],
    ["two different tokens", 400, (c) => asked("/validate", `x-user-token: ${c}`)],
    ["a token that is too long", 401, (c) => get("/validate", bearer(c.repeat(600)))],
    ["the client's path of Envoy", 200, (c) => asked(`/ext-authz/${c}?${c}=${c}`)],
    ["the organization of forward-auth", 403, (c) => asked(`/forward-auth?organizationId=${c}`)],
    ["the role of forward-auth", 400, (c) => asked(`/forward-auth?organizationId=acme&role=${c}`)],
    ["an unknown requirement of forward-auth", 400, (c) => asked(`/forward-auth?${c}=${c}`)],
    ["a requirement in a header", 403, (c) => asked("/ext-authz", `x-require-organization-id: ${c}`)],
    ["headers of a proxy", 200, (c) => asked("/forward-auth", `x-forwarded-uri: /${c}`, `x-user-id: ${c}`)],
    ["a logout token", 400, (c) => logout(`logout_token=${c}`)],
    ["a logout token's parts", 400, (c) => logout(`logout_token=${c}.${c}.${c}`)],
    ["another field of a logout", 400, (c) => logout(`${c}=${c}`)],
    ["a client id", 502, (c) => introspect("token=x", basic(c, "secret"))],
    ["a client's secret", 502, (c) => introspect("token=x", basic("worker", c))],
    ["malformed credentials", 401, (c) => introspect("token=x", `authorization: Basic ${c}`)],
    ["the form of an introspection", 403, (c) => introspect(`token=${c}&${c}=${c}`, bearer(good()))],
    ["a token in the query", 401, (c) => get(`/validate?access_token=${c}&token=${c}`)],
  ];
}

/** Each place of a token, with the status of the answer. */
export function plantedInTokens(issuer: () => Issuer): readonly Planted[] {
  const validate = async (token: string | Promise<string>) => get("/validate", bearer(await token));
  const jane = () => actionClaims({ connection: "acme-entra", email: `${fresh("jane")}@acme.example` });
  const claim = (claims: Claims) => validate(issuer().sign(fresh("waad|c"), { ...jane(), ...claims }));
  const header = (fields: Claims) => validate(issuer().sign(fresh("waad|h"), jane(), fields));
  const machine = async () =>
    bearer(await issuer().sign("worker@clients", { azp: "worker", gty: "client-credentials" }));
  const entra = (fields: Parameters<typeof actionClaims>[0]) =>
    actionClaims({ connection: "acme-entra", ...fields });
  return [
    ["an introspected token", 200, async (c) => introspect(`token=${c}.${c}.${c}`, await machine())],
    ["a service that asks for nothing", 400, async (c) => introspect(`${c}=${c}`, await machine())],
    ["the cursor of the audit's feed", 400, async (c) => get(`/audit.ndjson?cursor=${c}`, await machine())],
    ["a parameter of the audit's feed", 400, async (c) => get(`/audit.ndjson?${c}=1`, await machine())],
    ["sub", 200, (c) => validate(issuer().sign(`waad|${c}`, jane()))],
    ["sub without a strategy", 200, (c) => validate(issuer().sign(c, jane()))],
    [
      "sub of an address",
      200,
      (c) =>
        validate(
          issuer().sign(
            `samlp|globex-saml|${c}@globex.example`,
            actionClaims({ email: `${c}@globex.example` }),
          ),
        ),
    ],
    ["sub of a machine", 403, (c) => validate(issuer().sign(`${c}@clients`, { gty: "client-credentials" }))],
    ["an accepted address", 200, (c) => claim(entra({ email: `${c}@acme.example` }))],
    ["an address of another domain", 403, (c) => claim(entra({ email: `${c}@globex.example` }))],
    ["a malformed address", 403, (c) => claim(entra({ email: c }))],
    [
      "email_verified",
      403,
      (c) =>
        validate(
          issuer().sign(fresh("auth0|v"), actionClaims({ email: `${c}@gmail.example`, emailVerified: c })),
        ),
    ],
    ["connection", 403, (c) => claim(actionClaims({ connection: c, email: `${c}@acme.example` }))],
    ["capitol_user_id", 401, (c) => claim(entra({ email: `${c}@acme.example`, userId: c }))],
    ["org_id", 200, (c) => claim({ org_id: `org_${c}` })],
    ["iss", 401, (c) => claim({ iss: `https://${c}/` })],
    ["aud", 401, (c) => claim({ aud: c })],
    ["one more aud", 200, (c) => claim({ aud: [AUDIENCE, c] })],
    ["azp, scope, jti and a name", 200, (c) => claim({ azp: c, scope: c, jti: c, name: c, nickname: c })],
    ["an unknown claim", 200, (c) => claim({ [c]: { [c]: c } })],
    ["exp", 401, (c) => claim({ exp: c })],
    ["nbf", 401, (c) => claim({ nbf: c })],
    ["kid", 401, (c) => header({ kid: c })],
    ["typ", 401, (c) => header({ typ: c })],
    ["alg", 401, (c) => validate(issuer().seal(JSON.stringify({ alg: c, kid: "k1" }), "{}"))],
    [
      "crit and jku",
      401,
      (c) =>
        validate(
          issuer().seal(JSON.stringify({ alg: "RS256", kid: "k1", crit: [c], jku: `https://${c}/` }), "{}"),
        ),
    ],
    ["a payload that is not JSON", 401, (c) => validate(issuer().seal('{"alg":"RS256","kid":"k1"}', c))],
    [
      "a repeated claim",
      401,
      (c) => validate(issuer().seal('{"alg":"RS256","kid":"k1"}', `{"${c}":1,"${c}":2}`)),
    ],
    [
      "an accepted token at another address",
      404,
      async (c) => get(`/${await issuer().sign(`waad|${c}`, jane())}`),
    ],
  ];
}
