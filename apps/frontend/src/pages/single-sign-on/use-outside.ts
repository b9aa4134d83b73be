import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import type { Domain } from "../../organization/trusted-domains.ts";
import type { Outside } from "./effects.ts";
import { exemptFrom, outsideOf } from "./exempt.ts";

/** The largest page. */
const LIMIT = 100;

/** Who keeps a way in beside single sign-on. Null while it is not known. */
export interface OutsidePeople {
  /** Of the first page of members: more would cost as many calls. */
  readonly exempt: Outside | null;
  /** Whether an owner could sign in if the identity provider fails. */
  readonly hasEmergencyOwner: boolean | null;
}

export function useOutside(organizationId: string, domains: readonly Domain[]): OutsidePeople {
  const { members } = usePlatform().org;
  const active = { organizationId, status: "active", limit: LIMIT } as const;
  const everyone = useQuery(members.list.queryOptions(active)).data;
  const owners = useQuery(members.list.queryOptions({ ...active, role: "owner" })).data;
  return {
    exempt: everyone ? outsideOf(everyone, domains) : null,
    hasEmergencyOwner: owners ? exemptFrom(owners.items, domains).length > 0 : null,
  };
}
