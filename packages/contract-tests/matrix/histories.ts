import fc from "fast-check";
import {
  ADDRESSES,
  type Address,
  type Call,
  type Change,
  CONNECTIONS,
  DECLARED_CONNECTIONS,
  DOMAINS,
  type History,
  type Login,
  ORGANIZATIONS,
  type Organization,
  OWN_CONNECTION,
  PASSWORDS,
  PROCESSES,
  type Process,
  type Request,
  type Settings,
  type Setup,
  type Step,
} from "./vocabulary.ts";

const organization = fc.constantFrom(...ORGANIZATIONS);
const connection = fc.constantFrom(...CONNECTIONS);
const declaredConnection = fc.constantFrom(...DECLARED_CONNECTIONS);
const domain = fc.constantFrom(...DOMAINS);
/** Mostly one mailbox, because two logins of one mailbox reveal the conflicts between two users. */
const address = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Address>("ada@shared") },
  { weight: 2, arbitrary: fc.constantFrom(...ADDRESSES) },
);
const rarely = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { freq: 5 });

const login: fc.Arbitrary<Login> = fc
  .record({
    through: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...DECLARED_CONNECTIONS) },
      { weight: 1, arbitrary: fc.constant<Login["through"]>(OWN_CONNECTION) },
      { weight: 3, arbitrary: fc.constant<Login["through"]>("password") },
      { weight: 1, arbitrary: fc.constantFrom(...PASSWORDS) },
    ),
    address,
    /** A user's second account. */
    second: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
    /** The token's address, when it differs from the account's first one. */
    odd: fc.oneof(
      { weight: 12, arbitrary: fc.constant("as before" as const) },
      fc.constantFrom(...ADDRESSES),
      fc.constant(null),
    ),
    claimedUser: fc.oneof(
      { weight: 8, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom(...ADDRESSES, "stranger" as const) },
    ),
  })
  .map(({ through, address: mailbox, second, odd, claimedUser }) => ({
    through,
    subject: `${mailbox}${second ? " second" : ""}`,
    address: odd === "as before" ? mailbox : odd,
    claimedUser,
  }));

const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ name: "me" } as const) },
  { weight: 2, arbitrary: fc.constant({ name: "validate" } as const) },
  { weight: 3, arbitrary: fc.record({ name: fc.constantFrom("check", "join"), organization }) },
);

/** The index of the process that gets the request. */
const turn = fc.nat({ max: 11 });

interface PlannedRequest extends Omit<Request, "process"> {
  readonly turn: number;
}

const request: fc.Arbitrary<PlannedRequest> = fc.record({ login, call, turn });

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom("verify", "release"), organization, domain }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("pass on"), domain, to: organization }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant("register"), connection: declaredConnection, organization }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("take away"), connection: declaredConnection }) },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constantFrom("claim", "prove", "prove", "lapse", "give up"),
      organization,
      domain,
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom("begin", "finish", "remove connection") }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom("switch off", "switch on"), connection }) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constantFrom("jit", "enforce", "trust"),
      organization,
      on: fc.boolean(),
    }),
  },
  { weight: 5, arbitrary: fc.record({ does: fc.constant("invite"), organization, address }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constantFrom("remove member", "allow"), organization, address }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant("relink"),
      address,
      to: fc.constantFrom("ada@shared", "ada@shared second"),
      on: connection,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant("open window"), connection, from: rarely(organization) }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("close window"), connection }) },
);

const race: fc.Arbitrary<readonly PlannedRequest[]> = fc.oneof(
  fc.array(request, { minLength: 2, maxLength: 3 }),
  // A page sends several requests at once, and a load balancer distributes them.
  fc
    .tuple(login, fc.array(fc.record({ call, turn }), { minLength: 2, maxLength: 3 }))
    .map(([same, asked]) => asked.map((each) => ({ login: same, ...each }))),
);

type PlannedStep = { readonly requests: readonly PlannedRequest[] } | { readonly change: Change };

const step: fc.Arbitrary<PlannedStep> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ requests: fc.tuple(request) }) },
  { weight: 3, arbitrary: fc.record({ requests: race }) },
  { weight: 4, arbitrary: fc.record({ change }) },
);

const settings: fc.Arbitrary<Settings> = fc.record({
  jit: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  enforceSso: fc.oneof({ weight: 7, arbitrary: fc.constant(false) }, fc.constant(true)),
  trusts: fc.constant([]),
});

const setup: fc.Arbitrary<Setup> = fc
  .record({
    shared: fc.constantFrom(["x", "y"] as const, ["x"] as const, ["y"] as const),
    outside: fc.constantFrom([] as const, [] as const, ["y"] as const),
    settings: fc.record({ x: settings, y: settings }),
    xTrusts: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
    yTrusts: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
  })
  .map(({ shared, outside, settings: { x, y }, xTrusts, yTrusts }) => ({
    connections: { "x-sso": "x", "y-sso": "y", "x-own": null },
    switchedOff: { "x-sso": null, "y-sso": null, "x-own": null },
    removed: { "x-sso": null, "y-sso": null, "x-own": null },
    own: "none",
    verifiers: { shared, outside },
    declared: { shared, outside },
    proven: { shared: [], outside: [] },
    settings: { x: { ...x, trusts: xTrusts ? ["y"] : [] }, y: { ...y, trusts: yTrusts ? ["x"] : [] } },
  }));

const ADA = { subject: "ada@shared", address: "ada@shared", claimedUser: null } as const;
const INVITE: Change = { does: "invite", organization: "y", address: "ada@shared" };
const VERIFY: Change = { does: "verify", organization: "y", domain: "shared" };
const RELEASE: Change = { does: "release", organization: "y", domain: "shared" };
const SWITCH_OFF: Change = { does: "switch off", connection: "x-sso" };
const own = (does: "claim" | "prove" | "lapse" | "give up", organization: Organization): PlannedStep => ({
  change: { does, organization, domain: "shared" },
});
const RELEASE_ALL: readonly PlannedStep[] = (["x", "y"] as const).map((organization) => ({
  change: { does: "release", organization, domain: "shared" },
}));
const BEGIN: readonly PlannedStep[] = [{ change: { does: "begin" } }];
const FINISH: readonly PlannedStep[] = [{ change: { does: "finish" } }];
const REMOVE: readonly PlannedStep[] = [{ change: { does: "remove connection" } }];
const PASS_ON: Change = { does: "pass on", domain: "shared", to: "y" };

function ada(through: Login["through"], asked: Call = { name: "me" }): PlannedStep {
  return { requests: [{ login: { through, ...ADA }, call: asked, turn: 0 }] };
}

/** The organization's own change takes trust away, or must not give it, or outlasts the organizations file. */
const ownBeginning = fc.constantFrom<(readonly PlannedStep[])[]>(
  [...RELEASE_ALL, own("claim", "x"), ada("x-sso")],
  [...RELEASE_ALL, own("prove", "x"), ada("x-sso"), own("lapse", "x"), ada("x-sso")],
  [...RELEASE_ALL, own("prove", "x"), ada("x-sso"), own("give up", "x"), ada("x-sso")],
  [...RELEASE_ALL, own("prove", "y"), { change: INVITE }, ada("y-sso")],
  [...BEGIN, ada("x-own"), ...FINISH, ada("x-own")],
  [...BEGIN, ...FINISH, ada("x-own"), ...REMOVE, ada("x-own")],
);

/** How interesting histories start. Most others start as randomly as they continue. */
const beginning = fc.oneof(
  { weight: 5, arbitrary: fc.constant<readonly PlannedStep[]>([]) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<(readonly PlannedStep[])[]>(
      [ada("x-sso")],
      [{ change: INVITE }, ada("password")],
      [{ change: INVITE }, ada("password"), { change: RELEASE }, ada("x-sso")],
      [{ change: INVITE }, { change: RELEASE }, ada("password"), ada("x-sso")],
      [ada("password", { name: "join", organization: "x" }), ada("x-sso")],
      [ada("x-sso"), { change: VERIFY }, ada("password")],
      [ada("x-sso"), { change: PASS_ON }],
      [ada("x-sso"), { change: SWITCH_OFF }, ada("x-sso")],
    ),
  },
  { weight: 3, arbitrary: ownBeginning },
);

type Assigned = readonly [Process, ...Process[]];

/** A cache only shows when the same process is asked before and after a change. */
const processes = fc.constantFrom<Assigned[]>(
  ["one"],
  ["one", "another"],
  ["remembering"],
  ["remembering", "another remembering"],
  ["report mode", "one"],
  PROCESSES,
);

function assign(planned: PlannedStep, [first, ...others]: Assigned): Step {
  if ("change" in planned) return planned;
  const all = [first, ...others];
  return {
    requests: planned.requests.map(({ login: who, call: what, turn: whose }) => ({
      login: who,
      call: what,
      process: all[whose % all.length] ?? first,
    })),
  };
}

/** Random histories. An impossible step, such as removing a missing user, is skipped when its turn comes. */
export const history: fc.Arbitrary<History> = fc
  .record({ setup, processes, beginning, rest: fc.array(step, { minLength: 2, maxLength: 8, size: "max" }) })
  .map(({ setup: before, processes: asked, beginning: first, rest }) => ({
    setup: before,
    steps: [...first, ...rest].map((planned) => assign(planned, asked)),
  }));
