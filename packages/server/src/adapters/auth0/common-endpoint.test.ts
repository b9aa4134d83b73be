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
  end_session_endpoint: `${MICROSOFT}/common/oauth2/logout`,
  cloud_instance_name: "microsoftonline.com",
  msgraph_host: "graph.microsoft.com",
};
const metadata = (tenant: string) =>
  `<EntityDescriptor><SingleSignOnService Location="${MICROSOFT}/${tenant}/saml2"/></EntityDescriptor>`;

it.each<[object, boolean | null]>([
  [{}, false],
  [{ useCommonEndpoint: false, tenant_domain: "acme.onmicrosoft.com" }, false],
  [{ useCommonEndpoint: true }, true],
  [{ use_common_endpoint: true }, true],
  [{ waad_common_endpoint: "true" }, true],
  [{ useCommonEndpoint: null, waad_common_endpoint: false, use_common_endpoint: 0 }, false],
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
  // Other spellings of a tenant's name
  [{ tenant: "common" }, true],
  [{ tenant: "acme" }, false],
  [{ tenant_domain: "common/" }, true],
  [{ tenant_domain: "common/v2.0" }, true],
  [{ tenant_domain: "./common" }, true],
  [{ tenant_domain: "/acme.example/../common" }, true],
  [{ tenant_domain: "common?" }, true],
  [{ tenant_domain: "common." }, true],
  [{ tenant_domain: "%63ommon" }, true],
  [{ tenant_domain: "{tenantid}" }, true],
  [{ tenant_domain: "common-goods.example" }, false],
  // Other spellings of an address
  [{ discovery_url: `${MICROSOFT}/common/discovery/keys/../../v2.0/.well-known/openid-configuration` }, true],
  [{ discovery_url: `${MICROSOFT}/common/discovery/keys%2F..%2F..%2Fv2.0` }, true],
  [{ discovery_url: `${MICROSOFT}/./common/v2.0` }, true],
  [{ discovery_url: `${MICROSOFT}/x/../common/v2.0` }, true],
  [{ discovery_url: `${MICROSOFT}/${ACME_TENANT}/%2e%2e/common` }, true],
  [{ discovery_url: `${MICROSOFT}/${ACME_TENANT}%2F..%2Fcommon` }, true],
  [{ discovery_url: `${MICROSOFT}/'/../common` }, true],
  [{ discovery_url: `${MICROSOFT}/%23/../common` }, true],
  [{ discovery_url: `${MICROSOFT}\\common\\v2.0` }, true],
  [{ discovery_url: `\n${MICROSOFT}/com\tmon/v2.0` }, true],
  [{ discovery_url: "ht\ttps:login.microsoftonline.com/common" }, true],
  [{ discovery_url: "https://login.microsoftonline\uff0ecom/common/v2.0" }, true],
  [{ discovery_url: "https://login.micro\u00adsoftonline.com/common/v2.0" }, true],
  [{ discovery_url: "https://acme@login.microsoftonline.com/common" }, true],
  [{ discovery_url: "login.microsoftonline.com:443/common" }, true],
  [
    { discovery_url: "https://proxy.acme.example/?of=https%3A%2F%2Flogin.microsoftonline.com%2Fcommon" },
    true,
  ],
  [{ discovery_url: "https://proxy.acme.example/?of=login.microsoftonline.com/common" }, true],
  [{ discovery_url: "https://proxy.acme.example/?of=https://eu.login.microsoftonline.com/common" }, true],
  [{ discovery_url: `${MICROSOFT}/\\u0023/../common` }, true],
  [{ discovery_url: `${MICROSOFT}/acme.example;of=common/v2.0` }, true],
  [{ discovery_url: `${MICROSOFT}/.well-known/openid-configuration` }, true],
  [{ discovery_url: `${MICROSOFT}/v2.0/.well-known/openid-configuration` }, true],
  [{ discovery_url: `login.microsoftonline.com/${ACME_TENANT}/v2.0` }, false],
  [{ discovery_url: `${MICROSOFT}/acme.example/v2.0?of=%zz%7` }, false],
  [{ metadataXml: metadata("&#99;ommon") }, true],
  [{ metadataXml: metadata("common").replace("microsoft", "micro&#115;oft") }, true],
  [{ metadataXml: metadata(`${ACME_TENANT} /../common`) }, true],
  [{ metadataXml: metadata("x").replaceAll("/x/", "&#x2F;common&#x2F;") }, true],
  [{ metadataXml: metadata("common").replaceAll("://", ":&#x2F;&#47;") }, true],
  [{ metadataXml: `<Address>\n${MICROSOFT}/common\n</Address>` }, true],
  [{ metadataXml: `<Address>\n${MICROSOFT}/${ACME_TENANT}\n</Address>` }, false],
  [{ metadata: JSON.stringify(ONE_TENANT).replaceAll("/", "\\/") }, false],
  [{ metadata: `{"issuer":"https:\\/\\/login.microsoftonline.com\\/common\\/v2.0"}` }, true],
  [{ metadata: `{"issuer":"${MICROSOFT}\\u002f\\u0063ommon"}` }, true],
  [{ metadata: `{"issuer":"https://login.micro\\u0073oftonline.com/common"}` }, true],
  // Nobody signs in there
  [
    {
      signInEndpoint: `${MICROSOFT}/${ACME_TENANT}/saml2`,
      signOutEndpoint: `${MICROSOFT}/common/wsfederation?wa=wsignout1.0`,
    },
    false,
  ],
  [{ signOutEndpoint: "https://login.windows.net/common/wsfederation?wa=wsignout1.0" }, false],
  [{ oidc_metadata: { end_session_endpoint: `${MICROSOFT}/common/oauth2/v2.0/logout` } }, false],
  [{ signInEndpoint: `${MICROSOFT}/common/wsfederation?wa=wsignout1.0` }, true],
  [{ jwks_uri: `${MICROSOFT}/organizations/discovery/v2.0/keys?appid=1` }, false],
  [{ jwks_uri: `${MICROSOFT}/common/discovery/keys-of/acme` }, true],
  // Hosts
  ...[
    "login.microsoftonline.us",
    "login.microsoftonline.de",
    "login.microsoftonline-p.com",
    "login-us.microsoftonline.com",
    "login.chinacloudapi.cn",
    "login.usgovcloudapi.net",
    "login.windows-ppe.net",
    "login.microsoft.com",
    "sts.windows.net",
    "accounts.accesscontrol.windows.net",
  ].map((host): [object, boolean] => [{ discovery_url: `https://${host}/common` }, true]),
  ...[
    "https://go.microsoft.com/common/terms",
    "https://learn.microsoft.com/organizations",
    "https://graph.windows.net/organizations",
    "https://common.ciamlogin.com/common/v2.0",
    "https://login.windows.net.acme.example/common",
    "https://login.live.com.acme.example/common",
    "https://secure.aadcdn.microsoftonline-p.com/acme/logintenantbranding/0/bannerlogo",
    MICROSOFT,
  ].map((page): [object, boolean] => [{ icon_url: page }, false]),
  // A template of a tenant
  [{ authorization_endpoint: "https://idp.acme.example/{tenant}/authorize" }, false],
  [{ authorization_endpoint: `${MICROSOFT}/acme.example/{tenant}/authorize` }, true],
  [{ issuer: "https://idp.acme.example/{tenantid}" }, true],
  [{ metadata: `{"issuer":"https://idp.acme.example/{tenantid}"}` }, true],
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
