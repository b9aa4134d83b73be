import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-aria-components";
import { pathOf, REFUSED } from "../../../app/routing/path.ts";
import { Time } from "../../../design/text/time-ago.tsx";

/** From as many characters on a search names a domain. */
const SHORTEST = 3;

interface OfOrganization {
  readonly organizationId: string;
}

/** Of a search that found nobody: whether whom it is for could not get in lately, and still cannot, or somebody else. */
export function RefusedHint({ organizationId, query }: OfOrganization & { readonly query: string }) {
  const unsettled = useRefusals(organizationId)?.filter(({ cure }) => cure !== "none-needed") ?? [];
  if (unsettled.length === 0) return null;
  const refused = unsettled.find((each) => isAbout(each, query));
  return (
    <p className={refused && "member-refused"}>
      {refused ? (
        <>
          <bdi>{refused.email ?? `Somebody at ${refused.domain}`}</bdi> was refused
        </>
      ) : (
        "Somebody could not get in lately"
      )}
      : see <Link href={`${pathOf(organizationId, "sign-in")}#${REFUSED}`}>Sign-in</Link>.
    </p>
  );
}

/** When somebody who was removed has asked to be restored, as far as that is remembered with their refusal. */
export function AskedToReturn({ organizationId, userId }: OfOrganization & { readonly userId: string }) {
  const data = useRefusals(organizationId);
  const asked = data?.find((each) => each.userId === userId && each.askedAt !== null);
  if (!asked?.askedAt) return null;
  return (
    <span className="member-asked">
      Asked to be restored <Time at={asked.askedAt} />
    </span>
  );
}

function useRefusals(organizationId: string) {
  const { org } = usePlatform();
  return useQuery(org.refusals.list.queryOptions({ organizationId })).data;
}

interface Refused {
  readonly email: string | null;
  readonly domain: string | null;
}

/** By the address as far as it is known, or else by its domain. */
export function isAbout({ email, domain }: Refused, query: string): boolean {
  const sought = query.trim().toLowerCase();
  const soughtDomain = sought.slice(sought.lastIndexOf("@") + 1);
  if (soughtDomain.length < SHORTEST) return false;
  if (email !== null) return email.startsWith(sought) || domain === sought;
  return domain?.startsWith(soughtDomain) === true;
}
