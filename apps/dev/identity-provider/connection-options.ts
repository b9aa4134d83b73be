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
        ...{ tenant_domain: host, client_id: "app-of-the-company", userid_attribute: "oid" },
        ...{ useCommonEndpoint: isCommonEndpoint, identity_api: "microsoft-identity-platform-v2.0" },
      };
    case "okta":
      return { domain: `okta.${host}`, client_id: "app-of-the-company", type: "back_channel" };
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
