import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { call } from "../simulator/organization-world.ts";
import { personNumber, RARE } from "./fill.ts";
import type { Grown, Taken } from "./world.ts";

/** Something that must not take more where there is more. */
export interface Operation {
  readonly name: string;
  /** What it took before it had an index, or a page, of its own. */
  readonly before: string;
  /** What it asks the store for each of what it is about; null where that is one page, or one thing. */
  readonly each: ((grown: Grown) => number) | null;
  /** What must be there before it is measured. */
  prepare?(grown: Grown): Promise<void>;
  run(grown: Grown): Promise<void>;
}

const page = z.object({
  result: z.object({ data: z.object({ items: z.array(z.unknown()), nextCursor: z.string().nullable() }) }),
});

/** All pages of a list, as its owner asks for them. */
function list(path: string, input: object, length: number): Operation["run"] {
  return async ({ url, settled, owner }) => {
    const items: unknown[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await call(url, path, owner, { organizationId: settled.id, ...input, cursor });
      const { data } = page.parse(body).result;
      items.push(...data.items);
      cursor = data.nextCursor ?? undefined;
    } while (cursor !== undefined);
    if (items.length !== length) throw new Error(`${path} has ${items.length} items, not ${length}`);
  };
}

/** The first page of a list. */
function first(path: string, input: object): Operation["run"] {
  return async ({ url, settled, owner }) => {
    const { body } = await call(url, path, owner, { organizationId: settled.id, ...input });
    if (page.parse(body).result.data.items.length === 0) throw new Error(`${path} is empty`);
  };
}

function command(...args: readonly string[]): Operation["run"] {
  return (grown) => grown.command(args);
}

/** A file of this content, for a command. */
function fileOf({ folder }: Grown, name: string, content: object): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const some = ({ stored }: Grown) => stored;
const all = ({ count }: Grown) => count;

/** Organizations that a file declares, as many as there are of everything. */
const declared = (grown: Grown) =>
  Array.from({ length: some(grown) }, (_, n) => ({
    id: `declared-${n}`,
    name: `Declared ${n}`,
    jit: true,
    defaultRole: "member",
    domains: [`declared-${n}.example`],
    connections: [{ name: `declared-${n}`, strategy: "waad", displayName: "Declared" }],
    members: [{ email: `owner@declared-${n}.example`, role: "owner" }],
  }));

const applied = (grown: Grown, organizations: readonly object[], ...options: readonly string[]) =>
  grown.command(["org", "apply", fileOf(grown, "organizations.json", { organizations }), ...options]);

export const OPERATIONS: readonly Operation[] = [
  {
    name: "the audit of one person",
    before: "1,375 queries until the first entry of a million",
    each: null,
    run: list("org.audit.list", { person: personNumber(3) }, 1),
  },
  {
    name: "the audit of an action that is rare",
    before: "1,375 queries until the first entry of a million",
    each: null,
    run: list("org.audit.list", { action: "domain-released" }, RARE.entries),
  },
  {
    name: "the members with a role that is rare",
    before: "98 pages, 5,001 units",
    each: null,
    run: list("org.members.list", { role: "admin" }, RARE.admins),
  },
  {
    name: "the members with a word that is rare, of two",
    before: "a search by the beginning of addresses alone",
    each: null,
    run: list("org.members.list", { query: "name rare" }, RARE.named),
  },
  {
    name: "the first page of members by name, and how many there are",
    before: "no such order, no total",
    each: null,
    run: first("org.members.list", { sort: "name" }),
  },
  {
    name: "the open invitations among those that have ended",
    before: "201 pages of 10,000 invitations",
    each: null,
    run: list("org.invitations.list", { state: "open" }, RARE.invitations),
  },
  {
    name: "the start of a process",
    before: "5,007 queries with 5,003 organizations",
    each: null,
    run: (grown) => grown.start(),
  },
  {
    name: "`org list`, for each organization",
    before: "15,018 requests for 5,003",
    each: all,
    run: command("org", "list"),
  },
  {
    name: "`org apply` of one invitation",
    before: "10,015 units, 106 s",
    each: null,
    run: (grown) => {
      const guest = { email: `guest@${grown.settled.id}.example`, role: "member" };
      return applied(grown, [{ ...grown.settled, members: [...grown.settled.members, guest] }], "--yes");
    },
  },
  {
    name: "`org apply`, for each organization that is unchanged",
    before: "failed at 60 s with 5,000",
    each: some,
    prepare: (grown) => applied(grown, declared(grown), "--yes"),
    run: (grown) => applied(grown, declared(grown)),
  },
  {
    name: "the people linked through a connection that `org apply` takes away, for each of them",
    before: "a scan of the table",
    each: all,
    run: (grown) => applied(grown, [{ ...grown.settled, connections: [] }], "--plan"),
  },
  {
    name: "`domain recheck`, where no domain is due",
    before: "11,005 requests for 1,000 domains",
    each: null,
    run: command("domain", "recheck"),
  },
  {
    name: "`member import`, for each member",
    before: "12 requests",
    each: some,
    prepare: async (grown) => {
      for (let n = 0; n < some(grown); n += 1) await grown.register(n);
    },
    run: (grown) => {
      const members = Array.from({ length: some(grown) }, (_, n) => grown.registered(n));
      return grown.command(["member", "import", fileOf(grown, "members.json", { members }), "--apply"]);
    },
  },
  {
    name: "`audit list` of two days, for each entry",
    before: "4,030 units for a day, all in memory",
    each: ({ count }) => count / 90,
    run: (grown) => grown.command(["audit", "list", "--since", grown.daysAgo(2)]),
  },
];

/** What an operation takes, the middle of a few times. */
export async function take({ prepare, run }: Operation, grown: Grown, times: number): Promise<Taken> {
  await prepare?.(grown);
  const taken: Taken[] = [];
  for (let time = 0; time < times; time += 1) taken.push(await grown.measure(() => run(grown)));
  const [middle] = taken.sort((a, b) => a.ms - b.ms).slice(Math.floor(times / 2));
  if (middle === undefined) throw new Error("nothing was measured");
  return middle;
}
