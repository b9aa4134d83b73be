const MICROSOFT = "https://login.microsoftonline.com";

/** The settings of a connection of this kind, as far as the Management API's callers look at them. */
export function connectionOptions(
  strategy: string,
  company: string,
  isCommonEndpoint = false,
): Readonly<Record<string, unknown>> {
  const host = `${company.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.example`;
  switch (strategy) {
    case "waad":
      return {
        tenant_domain: host,
        client_id: "app-of-the-company",
        userid_attribute: "oid",
        useCommonEndpoint: isCommonEndpoint,
        identity_api: "microsoft-identity-platform-v2.0",
      };
    case "okta":
      return { domain: `okta.${host}`, client_id: "app-of-the-company", type: "back_channel" };
    case "oidc": {
      const authority = isCommonEndpoint ? `${MICROSOFT}/common/v2.0` : `https://idp.${host}`;
      return {
        type: "front_channel",
        client_id: "app-of-the-company",
        scope: "openid profile email",
        discovery_url: `${authority}/.well-known/openid-configuration`,
        // As the discovery document of the common endpoint has it.
        issuer: isCommonEndpoint ? `${MICROSOFT}/{tenantid}/v2.0` : authority,
      };
    }
    case "samlp":
      return { signInEndpoint: `https://idp.${host}/saml`, signSAMLRequest: true };
    case "adfs":
      return { adfs_server: `adfs.${host}` };
    case "google-apps":
      return { domain: host, client_id: "app-of-the-company" };
    default:
      return {};
  }
}
