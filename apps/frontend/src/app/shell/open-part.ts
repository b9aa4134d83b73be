import { useState } from "react";
import type { MyOrganization } from "../../organization/active-organization.ts";
import { placeOf, usePath } from "../routing/path.ts";
import { ORGANIZATION_PAGES } from "./organization-pages.ts";

interface OpenPart {
  readonly path: string;
  readonly organization: MyOrganization;
}

/**
 * The organization of the part of a page that is open, such as a run. It stays readable when its user loses access, so that
 * it can say what became of it. Null for every other page, and for a part that was not open before.
 */
export function useOpenPart(organization: MyOrganization | null, isBlocked: boolean): MyOrganization | null {
  const path = usePath();
  const [last, setLast] = useState<OpenPart | null>(null);
  const place = placeOf(path);
  const isPart =
    place !== null &&
    place.rest !== null &&
    ORGANIZATION_PAGES.some(({ page, hasParts }) => hasParts && page === place.page);
  const isAllowed = isPart && organization !== null && !isBlocked;
  const isSame = last?.path === path && (!isAllowed || last.organization === organization);
  const now = isSame ? last : isAllowed ? { path, organization } : null;
  if (now !== last) setLast(now);
  return now?.organization ?? null;
}
