import { loginIdOf, type ReadAhead } from "../../domain/index.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { keys } from "./table/keys.ts";
import { readAhead } from "./table/raw-items.ts";
import { fromItem } from "./table/stored-item.ts";
import type { DynamoTable } from "./table/table.ts";

/** Two requests: for what the token names, then for what the person of its link is judged by. */
export function dynamoReadAhead(table: DynamoTable): ReadAhead {
  return async ({ claims, organizationId, userId }, signal) => {
    const { connection } = claims;
    const named = connection === null ? [] : [keys.connection(connection)];
    const loginId = loginIdOf(claims);
    const [link] = await readAhead(table, [keys.link(loginId), keys.facts(loginId), ...named], signal);
    if (link === undefined) return;
    const caller = fromItem(ITEM_TYPES.link, link).userId;
    const members = userId === null || userId === caller ? [caller] : [caller, userId];
    const wanted = [keys.block(caller), keys.signOut(caller)];
    if (organizationId !== null) {
      const memberships = members.map((each) => keys.membership(each, organizationId));
      wanted.push(keys.organization(organizationId), ...memberships);
    }
    await readAhead(table, wanted, signal);
  };
}
