import fc from "fast-check";
import { seatKeyOf } from "../../memory/identities.ts";
import { type IdentityLink, isOnSeat } from "../identity/identity-link.ts";
import { createIdentityResolver } from "../identity/resolve-identity.ts";
import { MAILBOX } from "../identity/speakers.ts";
import { choose, describeRaces, Interleaving } from "../testing/interleaving.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { spoken } from "../testing/memory-ports.ts";
import {
  ACME,
  claims,
  ENTRA,
  GLOBEX,
  JANE,
  JANE_EMAIL,
  JOE_EMAIL,
  link,
  relinkWindow,
  SEAT,
  SETTINGS,
  UNBOUNDED,
  userAt,
} from "../testing/people.ts";
import { type SharedPorts, sharedPorts } from "../testing/shared-ports.ts";
import { setBlocked } from "./block.ts";
import { planRelinkSubject, planUnlink, relinkSubject, unlinkSubject } from "./relink.ts";

const OLD = link();
/** The stores as one process sees them. */
type Stores = Omit<MemoryAdministration, "audited" | keyof SharedPorts> & SharedPorts;

/** What is stored of Jane when a race begins. */
const BEGINNINGS = {
  nothing: () => {},
  "a free seat": (stores: MemoryAdministration) => speakersAre(stores, ACME),
  "a link": async (stores: MemoryAdministration) => seated(stores, OLD),
  "a link in a relink window": async (stores: MemoryAdministration) => {
    await seated(stores, OLD);
    openWindow(stores, null);
  },
  "a link of an organization that merges": async (stores: MemoryAdministration) => {
    await seated(stores, { ...OLD, organizationId: GLOBEX });
    openWindow(stores, GLOBEX);
  },
} as const;

function speakersAre(stores: MemoryAdministration, sso: typeof ACME): void {
  spoken(stores, { by: MAILBOX, sso });
}

async function seated(stores: MemoryAdministration, old: IdentityLink): Promise<void> {
  speakersAre(stores, old.organizationId ?? ACME);
  await stores.identities.takeSeat(SEAT, old.subject);
  await stores.identities.create(old);
}

function openWindow({ identities }: MemoryAdministration, from: typeof ACME | null): void {
  identities.opened.set(ENTRA.name, relinkWindow({ from }));
}

const login = (subject: string, canonical = JANE_EMAIL) => {
  const token = claims({ subject, email: { canonical } });
  return (stores: Stores) => {
    const { organizations, identities, speakers, windows, transactions, audit, now } = stores;
    const resolve = createIdentityResolver({
      ...SETTINGS,
      organizations,
      stored: organizations,
      links: identities,
      storedLinks: identities,
      speakers,
      windows,
      transactions,
      audit,
      now,
      directory: { ensureUser: userAt },
      takenSeats: { find: () => null, add() {} },
      wouldRefuse() {},
    });
    return resolve(token, UNBOUNDED);
  };
};
const VERBS = {
  "login of a": login("waad|a"),
  "login of a, as Joe": login("waad|a", JOE_EMAIL),
  "login of b": login("waad|b"),
  "login of the old subject": login(OLD.subject),
  "relink to a": async (stores: Stores) =>
    relinkSubject(
      await planRelinkSubject({ seat: SEAT, subject: "waad|a" }, stores, UNBOUNDED),
      stores,
      UNBOUNDED,
    ),
  "unlink of the old subject": async (stores: Stores) =>
    unlinkSubject(await planUnlink(OLD, stores.identities, UNBOUNDED), stores, UNBOUNDED),
  block: (stores: Stores) => setBlocked({ userId: JANE, isBlocked: true }, stores, UNBOUNDED),
} as const;

/** What is wrong with the links, asked after every call; null if nothing is. */
function judge({ identities }: MemoryAdministration): () => string | null {
  const seen = new Map([...identities.links.values()].map((each) => [each.rev, each]));
  const begun = seen.size;
  let wasBlocked = false;
  return () => {
    const { links, seats, spoken, entries, blocked } = identities;
    for (const each of links.values()) {
      if (seats.get(seatKeyOf(each))?.subject !== each.subject) return "a link has no seat";
      if (spoken.get(each.userId)?.sso !== each.organizationId) return "another one speaks for the user";
      const isNew = !seen.has(each.rev) && each.rule !== "operator";
      if (isNew && wasBlocked && each.userId === JANE) return "a blocked user has signed in";
      seen.set(each.rev, each);
    }
    for (const seat of seats.values()) {
      const holder = [...links.values()].find(({ subject }) => subject === seat.subject);
      if (holder === undefined || !isOnSeat(holder, seat)) return "a seat has no link";
    }
    const made = entries.filter(({ action }) => /^identity-(linked|relinked)$/.test(action));
    if (made.length !== seen.size - begun) return "an entry and its link are not stored together";
    const gone = [...seen.values()].filter(
      ({ subject }) => ![...links.values()].some((each) => each.subject === subject),
    );
    if (gone.some(({ subject }) => !entries.some((each) => [each.holder, each.subject].includes(subject))))
      return "a link has gone without an entry";
    wasBlocked = blocked.has(JANE);
    return null;
  };
}

const verb = fc.constantFrom(...(Object.keys(VERBS) as (keyof typeof VERBS)[]));
const races = fc.record({
  beginning: fc.constantFrom(...(Object.keys(BEGINNINGS) as (keyof typeof BEGINNINGS)[])),
  verbs: fc.array(verb, { minLength: 3, maxLength: 3 }),
  choose,
});

describeRaces(
  "in any race of three logins and operators, at every moment, each link has its seat, its speaker and its entry, and no blocked user signs in",
  {
    races,
    runs: { calm: 2_000, rough: 2_000 },
    without: ["link", "seat", "block"],
    async wrongIn({ beginning, verbs, choose, fates, without }) {
      const stores = new MemoryAdministration();
      await BEGINNINGS[beginning](stores);
      const interleaving = new Interleaving();
      const ports = { ...stores, ...interleaving.slow(sharedPorts(stores, without)) };
      for (const each of verbs) await interleaving.start(() => VERBS[each](ports));
      return interleaving.finish({ choose, fates, wrong: judge(stores) });
    },
  },
);
