import { afterAll, beforeAll, expect, it } from "vitest";
import { OPERATIONS, take } from "./operations.ts";
import { type Grown, startGrown } from "./world.ts";

const FEW = { count: 10, stored: 5 };
const MANY = { count: 1_000, stored: 25 };
const MOST = 30;
/** Of what a command is about, it asks for each at most so often. */
const MOST_EACH: Readonly<Record<string, number>> = {
  "`org list`, for each organization": 0.05,
  "`org apply`, for each organization that is unchanged": 0.1,
  "the people linked through a connection that `org apply` takes away, for each of them": 0.05,
  "`member import`, for each member": 4,
  "`audit list` of two days, for each entry": 0.5,
};

let few: Grown;
let many: Grown;
beforeAll(async () => {
  [few, many] = await Promise.all([startGrown(FEW), startGrown(MANY)]);
}, 240_000);
afterAll(async () => {
  await Promise.all([few, many].map((each) => each.close()));
});

it.each(OPERATIONS)("takes no more store requests where there is more: $name", async (operation) => {
  const [ofFew, ofMany] = [await take(operation, few, 1), await take(operation, many, 1)];
  if (operation.each === null) {
    expect(ofMany.requests).toBeLessThanOrEqual(ofFew.requests);
    expect(ofFew.requests).toBeLessThanOrEqual(MOST);
  } else {
    const more = (ofMany.requests - ofFew.requests) / (operation.each(many) - operation.each(few));
    expect(more).toBeLessThanOrEqual(MOST_EACH[operation.name] ?? 0);
  }
});
