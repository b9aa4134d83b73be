import { expect, it } from "vitest";
import { isCommonEndpoint } from "./common-endpoint.ts";

const MICROSOFT = "https://login.microsoftonline.com";
const ACME_TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47";
/** What the discovery document (version 1.0) of one tenant says: its keys are those of all tenants. */
const ONE_TENANT = {
  issuer: `https://sts.windows.net/${ACME_TENANT}/`,
  authorization_endpoint: `${MICROSOFT}/${ACME_TENANT}/oauth2/authorize`,
  token_endpoint: `${MICROSOFT}/${ACME_TENANT}/oauth2/token`,
  jwks_uri: `${MICROSOFT}/common/discovery/keys`,
  userinfo_endpoint: `${MICROSOFT}/${ACME_TENANT}/openid/userinfo`,
};
const metadata = (tenant: string) =>
  `<EntityDescriptor><SingleSignOnService Location="${MICROSOFT}/${tenant}/saml2"/></EntityDescriptor>`;

it.each<[object, boolean | null]>([
  [{}, false],
  [{ useCommonEndpoint: false, tenant_domain: "acme.onmicrosoft.com" }, false],
  [{ useCommonEndpoint: true }, true],
  [{ use_common_endpoint: true }, true],
  [{ waad_common_endpoint: "true" }, true],
  [{ useCommonEndpoint: null, waad_common_endpoint: false }, false],
  [{ tenant_domain: "common" }, true],
  [{ tenant_domain: " Organizations" }, true],
  [{ tenantId: "consumers" }, true],
  [{ tenant_domain: ["acme.onmicrosoft.com", "common"] }, true],
  [{ tenantId: "9188040D-6C67-4C5B-B112-36A304B66DAD" }, true],
  [{ tenant_domain: "common.onmicrosoft.com", tenantId: ACME_TENANT }, false],
  // oidc
  [{ discovery_url: `${MICROSOFT}/common/v2.0/.well-known/openid-configuration` }, true],
  [{ discovery_url: `${MICROSOFT}/Organizations/.well-known/openid-configuration` }, true],
  [{ discovery_url: `${MICROSOFT}/consumers/v2.0/.well-known/openid-configuration` }, true],
  [{ discovery_url: `${MICROSOFT}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0` }, true],
  [{ discovery_url: "https://LOGIN.microsoftonline.com.:443//%63ommon/v2.0" }, true],
  [{ discovery_url: "https://login.partner.microsoftonline.cn/organizations/v2.0" }, true],
  [{ discovery_url: "https://login.windows.net/common" }, true],
  [{ discovery_url: "https://login.live.com/.well-known/openid-configuration" }, true],
  [{ discovery_url: `${MICROSOFT}/${ACME_TENANT}/v2.0/.well-known/openid-configuration` }, false],
  [{ discovery_url: `${MICROSOFT}/common.onmicrosoft.com/v2.0` }, false],
  [{ discovery_url: "https://idp.acme.example/organizations/acme/.well-known/openid-configuration" }, false],
  [{ issuer: `${MICROSOFT}/{tenantid}/v2.0` }, true],
  [{ issuer: `${MICROSOFT}/%7BtenantId%7D/v2.0` }, true],
  [{ issuer: "https://idp.acme.example/realms/common" }, false],
  [{ authorization_endpoint: `${MICROSOFT}/common/oauth2/v2.0/authorize` }, true],
  [{ oidc_metadata: { issuer: "https://sts.windows.net/{tenantid}/" } }, true],
  [ONE_TENANT, false],
  [{ oidc_metadata: ONE_TENANT }, false],
  // samlp, adfs
  [{ signInEndpoint: `${MICROSOFT}/common/saml2` }, true],
  [{ metadataXml: metadata("common") }, true],
  [{ fedMetadataXml: metadata(ACME_TENANT) }, false],
])("T89: the common endpoint of %j: %s", (options, expected) => {
  expect(isCommonEndpoint({ ...options })).toBe(expected);
});

it("T89: options that Auth0 does not show leave the common endpoint open", () => {
  for (const options of [undefined, null]) expect(isCommonEndpoint(options)).toBeNull();
});

it("T89: options of any depth are looked at", () => {
  let options: object = { discovery_url: `${MICROSOFT}/common` };
  for (let depth = 0; depth < 100_000; depth += 1) options = { options };
  expect(isCommonEndpoint({ ...options })).toBe(true);
});
