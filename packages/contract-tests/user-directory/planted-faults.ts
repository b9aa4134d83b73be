import { Readable } from "node:stream";
import type { Answer, PlantedFault } from "./faulty-directory.ts";

export const NEW = "new@acme.example";

type Body = Record<string, unknown>;

/** Changes the records in successful answers. */
export function records(change: (record: Body) => unknown): PlantedFault {
  return {
    answer: (answer) => (answer.status < 300 ? { ...answer, body: change(answer.body as Body) } : answer),
  };
}

/** Changes the id. */
function ids(change: (id: string) => unknown): PlantedFault {
  return records(({ id, ...rest }) => ({ ...rest, id: change(String(id)) }));
}

/** Changes the answers to one method with one status. */
function answers(method: string, status: number, change: (answer: Answer) => Answer): PlantedFault {
  return {
    answer: (answer, request) =>
      request.method === method && answer.status === status ? change(answer) : answer,
  };
}

function* endless() {
  for (;;) yield " ".repeat(4_096);
}

let conflicts = 0;
const READ = ["--read", "jane@acme.example"];
export const WRITE = ["--write", NEW];
const html = { body: "<!doctype html>", headers: { "content-type": "text/html; charset=utf-8" } };
const id = "id: z";
const statuses = "statuses: [200, 201]";

/** A fault, how it is looked for, the differences that are found, and the text of the line of `wire.ts` to change. */
export const FAULTS: Record<
  string,
  [PlantedFault, readonly string[], readonly (string | RegExp)[], string?]
> = {
  "204 for absence": [
    answers("GET", 404, () => ({ status: 204, body: "" })),
    [],
    ["unknown address: answers 204 to an address that no user has"],
    "ABSENT_STATUS = 404",
  ],
  "200 and null for absence": [
    answers("GET", 404, () => ({ status: 200, body: null })),
    [],
    ["unknown address: answers 200 to an address that no user has"],
    "const directoryUser =",
  ],
  "a user for every address": [
    {
      ...answers("GET", 404, () => ({
        status: 200,
        body: { id: crypto.randomUUID(), email: "a@b.example", email_verified: true },
      })),
    },
    [],
    ["unknown address: answers 200 with a user, though no user has the address"],
  ],
  "202 for a found user": [
    answers("GET", 200, (answer) => ({ ...answer, status: 202 })),
    READ,
    ["user: answers 202"],
    "statuses: [200]",
  ],
  "another path of ensure": [
    { answer: (answer, { method }) => (method === "POST" ? { status: 404, body: {} } : answer) },
    WRITE,
    ["ensure: answers 404: there is no POST api/v1/users/ensure"],
    "api/v1/users/",
  ],
  "202 for ensure": [
    { answer: (answer, { method }) => (method === "POST" ? { ...answer, status: 202 } : answer) },
    WRITE,
    ["ensure: answers 202"],
    statuses,
  ],
  "an error of the directory": [
    { answer: (_, { method }) => ({ status: method === "GET" ? 500 : 200, body: {} }) },
    [],
    ["unknown address: answers 500"],
  ],
  "a field in camel case": [
    records(({ email_verified, ...rest }) => ({ ...rest, emailVerified: email_verified })),
    READ,
    ["user: email_verified is missing; the reply has id, email, emailVerified"],
    "email_verified: z",
  ],
  "a field of another type": [
    records((record) => ({ ...record, email_verified: "yes" })),
    READ,
    ["user: email_verified is a string"],
    "email_verified: z",
  ],
  "two fields": [
    records(({ id, email, ...rest }) => ({ ...rest, user_id: id, mail: email })),
    READ,
    [/^user: id is missing; the reply has email_verified, user_id, mail/, /^user: email is missing/],
    id,
  ],
  "no created flag": [
    records(({ created, ...rest }) => rest),
    WRITE,
    ["ensure: created is missing; the reply has id, email, email_verified"],
    "created: z.boolean()",
  ],
  "a wrapped user": [
    records((data) => ({ data })),
    READ,
    ["user: the user is inside the field data"],
    "const userFields",
  ],
  "a list of users": [records((user) => [user]), READ, ["user: the reply is a list"], "const userFields"],
  "a UUID in braces": [ids((uuid) => `{${uuid}}`), READ, ["user: id is a UUID in braces"], id],
  "a UUID without hyphens": [
    ids((uuid) => uuid.replaceAll("-", "")),
    READ,
    ["user: id is a UUID without hyphens"],
    id,
  ],
  "a UUID as a URN": [
    ids((uuid) => `urn:uuid:${uuid}`),
    READ,
    ["user: id is a UUID with urn:uuid: before it"],
    id,
  ],
  "a number as the id": [ids(() => 42), READ, ["user: id is a number"], id],
  "the subject as the id": [ids(() => "waad|abc"), READ, ["user: id is not a UUID"], id],
  "the nil UUID": [ids((uuid) => uuid.replaceAll(/\w/g, "0")), READ, ["user: id is the nil UUID"], id],
  "created is always true": [
    records((record) => ("created" in record ? { ...record, created: true } : record)),
    WRITE,
    ["created: is true in 4 of 4 answers about one new user", "created: is true for a user that exists"],
    "created: z.boolean()",
  ],
  "created is always false": [
    records((record) => ("created" in record ? { ...record, created: false } : record)),
    WRITE,
    ["created: is true in 0 of 4 answers about one new user"],
    "created: z.boolean()",
  ],
  "new users are verified": [
    records((record) => ({ ...record, email_verified: true })),
    WRITE,
    ["email_verified: is true for a new user"],
  ],
  "two users for calls at once": [
    { raceMs: 100 },
    WRITE,
    [/^concurrent calls: 4 calls at once return [234] UUIDs$/],
  ],
  "a conflict for calls at once": [
    answers("POST", 200, (answer) => (conflicts++ === 0 ? { status: 409, body: {} } : answer)),
    WRITE,
    ["concurrent calls: 1 of 4 calls at once fail: answers 409"],
  ],
  "another UUID at each call": [
    ids(() => crypto.randomUUID()),
    WRITE,
    [
      "concurrent calls: 4 calls at once return 4 UUIDs",
      "ensure: returns another UUID than before",
      "user: has another UUID than ensure returned",
      "upper case: finds another user",
    ],
  ],
  "addresses by their case": [{ key: (email) => email }, WRITE, ["upper case: finds no user"]],
  "addresses by their case in ensure alone": [
    { ensureKey: (email) => email },
    WRITE,
    ["ensure, upper case: returns another user"],
  ],
  "plus addresses as one": [
    { key: (email) => email.toLowerCase().replace(/\+.*@/, "@") },
    READ,
    ["plus address: an address with +tag finds the same user"],
  ],
  "another person's record": [
    records((record) => ({ ...record, email: "eve@acme.example" })),
    READ,
    ["user: is the record of another address"],
  ],
  "a redirect to another host": [
    {
      answer: () => ({ status: 307, body: "", headers: { location: "https://login.example/?to=x" } }),
    },
    [],
    ["connection: answers 307, a redirect to https://login.example"],
  ],
  "a redirect to another path": [
    {
      answer: (answer, { path }) =>
        path.endsWith("/") ? answer : { status: 301, body: "", headers: { location: `${path}/` } },
    },
    [],
    [/^connection: answers 301, a redirect to \/admin\/user\/.*\/$/],
    "admin/user/",
  ],
  "a page instead of JSON": [
    answers("GET", 200, () => ({ status: 200, ...html })),
    READ,
    ["user: the content type is text/html; charset=utf-8"],
  ],
  "text that is not JSON": [
    answers("GET", 200, () => ({ status: 200, body: "{:id 1}" })),
    READ,
    ["user: the reply is not valid JSON"],
  ],
  "an endless reply": [
    answers("GET", 200, () => ({ status: 200, body: Readable.from(endless()) })),
    READ,
    ["user: the reply is larger than 16384 bytes"],
  ],
  "no check of the token": [
    { ignoresToken: true },
    WRITE,
    [
      "another token: answers 404: it does not check the service token",
      /^ensure, other token: answers 200: it does not check/,
    ],
  ],
  "another token is expected": [
    { answer: () => ({ status: 401, body: {} }) },
    [],
    ["service token: answers 401: the service token is not accepted"],
  ],
};

/** What differs, but works; how it is looked for; and the note. */
export const NOTED: readonly [string, PlantedFault, readonly string[], string][] = [
  ["upper case", ids((uuid) => uuid.toUpperCase()), WRITE, "UUID: in upper case"],
  ["403", answers("GET", 401, (answer) => ({ ...answer, status: 403 })), [], "another token: 403"],
  ["200 for all", answers("POST", 201, (answer) => ({ ...answer, status: 200 })), WRITE, "status: 200"],
  [
    "no such path",
    { answer: (answer) => (answer.status === 404 ? { status: 404, body: {} } : answer) },
    [],
    "path: it answers the same",
  ],
  [
    "no slashes",
    { answer: (answer, { path }) => (path.includes("%2F") ? { status: 400, body: {} } : answer) },
    [],
    "encoded address: answers 400",
  ],
];
