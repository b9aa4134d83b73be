import { pageOf } from "./cursor.ts";
import { organizationProcedure, t } from "./init.ts";
import { auditInput } from "./inputs.ts";
import type { ProcedureOutput } from "./procedures.ts";

const PLACE_DIGITS = 9;

export const auditRouter = t.router({
  list: organizationProcedure("admin", auditInput).query(
    ({ ctx, input }): ProcedureOutput<"org.audit.list"> => {
      const { organizationId, since, until, actor, person, action, order = "newest", cursor, limit } = input;
      const { audit } = ctx.organization;
      const isFeed = order === "oldest";
      const [from, to] = [since, until].map((text) => (text === undefined ? null : Date.parse(text)));
      const found = audit
        .map((entry, index) => ({ entry, index: isFeed ? index : 10 ** PLACE_DIGITS - 1 - index }))
        .filter(({ entry }) => {
          const at = Date.parse(entry.at);
          const isInPeriod = at >= (from ?? at) && at <= (to ?? at);
          const isOfPerson = entry.actor === `user:${person}` || entry.userId === person;
          return (
            isInPeriod &&
            (person === undefined || isOfPerson) &&
            (actor ?? entry.actor) === entry.actor &&
            (action ?? entry.action) === entry.action
          );
        });
      const list = ["audit", organizationId, from, to, actor, person, action, order];
      const placeOf = ({ index }: { index: number }) => String(index).padStart(PLACE_DIGITS, "0");
      const { items, nextCursor } = pageOf(found, placeOf, { list, cursor, limit, isFeed });
      return { items: items.map(({ entry }) => entry), nextCursor };
    },
  ),
});
