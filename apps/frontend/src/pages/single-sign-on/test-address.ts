import type { PlatformClient } from "@platform-api/client";
import type { Domain } from "../../organization/trusted-domains.ts";
import { isTrusted } from "../../organization/trusted-domains.ts";
import type { TestRoute } from "../../sign-in/test-sign-in.ts";
import { domainOf } from "./exempt.ts";

type Discovery = Awaited<ReturnType<PlatformClient["discover"]["byEmail"]["mutate"]>>;

/** The address whose sign-in options lead to the organization's connections. */
export interface TestAddress {
  readonly email: string;
  /** Whether it is the user's own, which the identity provider may then know in advance. */
  readonly isOwn: boolean;
}

/** The user's own address if it is at a verified domain. Null without such a domain. */
export function testAddress(
  email: string | null,
  domains: readonly Pick<Domain, "domain" | "state">[],
): TestAddress | null {
  const trusted = domains.filter(isTrusted);
  if (email !== null && trusted.some(({ domain }) => domain === domainOf(email)))
    return { email, isOwn: true };
  const [first] = trusted;
  return first === undefined ? null : { email: `someone@${first.domain}`, isOwn: false };
}

/** How to sign in through a connection. Null if the sign-in page does not offer it. */
export function routeThrough(
  connection: string,
  { isOwn }: TestAddress,
  discovery: Discovery,
): TestRoute | null {
  const options = discovery.method === "sso" ? discovery.options : [];
  const option = options.find((each) => each.connection === connection);
  if (option === undefined) return null;
  const { login_hint, ...route } = option.authorize;
  return isOwn ? { ...route, login_hint } : route;
}
