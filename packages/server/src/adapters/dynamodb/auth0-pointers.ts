import type { Organization, OrganizationId } from "../../domain/index.ts";
import { ABSENT, type Expression } from "./table/expression.ts";
import { itemsOf } from "./table/items.ts";
import { keys } from "./table/keys.ts";
import { AUTH0_POINTER, type Auth0Pointer, ORGANIZATION } from "./table/organization-items.ts";
import type { DynamoTable } from "./table/table.ts";

/**
 * Maps each Auth0 organization id to at most one of our organizations. A pointer is written before its
 * organization, and is valid only while the organization names the same Auth0 id. After a crash in between, or once
 * the organization has another Auth0 id, the pointer is stale and the next claim replaces it.
 */
export function auth0Pointers(table: DynamoTable) {
  const pointers = itemsOf(table, AUTH0_POINTER);
  const organizations = itemsOf(table, ORGANIZATION);

  return {
    async find(auth0OrgId: string, signal: AbortSignal): Promise<Organization | null> {
      const pointer = await pointers.get(keys.auth0Pointer(auth0OrgId), signal);
      if (pointer === null) return null;
      const organization = await organizations.get(keys.organization(pointer.organizationId), signal);
      return organization?.auth0OrgId === auth0OrgId ? organization : null;
    },

    /** Claims an unused id; false when another organization uses it. */
    async claim(pointer: Auth0Pointer, signal: AbortSignal): Promise<boolean> {
      const { auth0OrgId, organizationId } = pointer;
      if (await pointers.put(pointer, absentOrOf(organizationId), signal)) return true;
      const present = await pointers.get(keys.auth0Pointer(auth0OrgId), signal);
      const holderId = present?.organizationId ?? organizationId;
      const holder = await organizations.get(keys.organization(holderId), signal);
      if (holderId !== organizationId && holder?.auth0OrgId === auth0OrgId) return false;
      return pointers.put(pointer, absentOrOf(organizationId, holderId), signal);
    },
  };
}

function absentOrOf(own: OrganizationId, other = own): Expression {
  return {
    expression: `${ABSENT.expression} OR #organizationId IN (:own, :other)`,
    values: { ":own": own, ":other": other },
  };
}
