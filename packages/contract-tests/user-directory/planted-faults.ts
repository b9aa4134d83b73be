import { Readable } from "node:stream";
import { type Answer, type PlantedFault, SERVICE_TOKEN } from "./faulty-directory.ts";

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

/** The same record as text that begins with a byte order mark, which the client accepts. */
function marked(change: (record: Body) => unknown): PlantedFault {
  return records((record) => `\ufeff${JSON.stringify(change(record))}`);
}

const UUID = "0f4a7a52-6d2c-4d6b-9d1e-3a5f0c9b8e71";
/** In upper case and half URL-encoded, as a URL may spell it. */
const SPELLED_TOKEN = SERVICE_TOKEN.toUpperCase().replace("C", "%63").replace("-", "%2D");

let conflicts = 0;
const READ = ["--read", "jane@acme.example"];
export const WRITE = ["--write", NEW];
const html = { body: "<!doctype html>", headers: { "content-type": "text/html; charset=utf-8" } };
const id = "id: z";
const statuses = "statuses: [200, 201]";

/** A server without the contract's paths. It quotes the path and never answers the same twice. */
const elsewhere: PlantedFault = {
  answer: (_, { path }) => ({
    status: 404,
    body: { path: decodeURIComponent(path), id: crypto.randomUUID() },
  }),
};
const elsewhereRows =
  /^– service token +not checked.*\n– another token +not checked.*\n– user +not checked.*\n– ensure +not checked/m;

/**
 * A fault, how it is looked for, the differences that are found, the text of the line of `wire.ts` to change, and what
 * else the output says.
 */
export const FAULTS: Record<
  string,
  [PlantedFault, readonly string[], readonly (string | RegExp)[], (string | undefined)?, RegExp?]
> = {
  "a wrong base path": [
    elsewhere,
    [],
    ["path: answers 404 with any token, and the same to a path that does not exist"],
    "admin/user/",
    elsewhereRows,
  ],
  "a wrong base path, with a user to look up": [
    elsewhere,
    READ,
    [/^path: answers 404 with any token/],
    "admin/user/",
    /to fix: +CLJ_PG_WRAPPER_URL, or /,
  ],
  "a wrong base path that answers with a page": [
    { answer: () => ({ status: 404, ...html }) },
    WRITE,
    [/^path: answers 404 with any token/],
    "admin/user/",
    elsewhereRows,
  ],
  "a wrong base path behind a check of the token": [
    { answer: (answer, { isAuthorized }) => (isAuthorized ? { status: 404, body: {} } : answer) },
    READ,
    ["user: answers 404: no user has jane@acme.example"],
    "admin/user/",
    /to fix: +CLJ_PG_WRAPPER_URL, .*\n[\s\S]*^! path +cannot tell/m,
  ],
  "no check of the token, and absence that looks like a missing path": [
    {
      ignoresToken: true,
      answer: (answer) => (answer.status === 404 ? { status: 404, body: {} } : answer),
    },
    READ,
    ["another token: answers 404: it does not check the service token"],
  ],
  "a login page": [
    { answer: () => ({ status: 200, ...html }) },
    [],
    [/^connection: http:\S+ answers with text\/html, so it is not the directory$/],
    undefined,
    elsewhereRows,
  ],
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
    undefined,
    /expected: 404/,
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
  "a redirect that quotes secrets": [
    {
      answer: () => ({
        status: 302,
        body: "",
        headers: { location: `/${SERVICE_TOKEN}/${SPELLED_TOKEN}/${UUID}/${"z".repeat(90)}` },
      }),
    },
    [],
    [/^connection: answers 302, a redirect to \/\(the token\)\/\(the token\)\/\(a UUID\)\/z+…$/],
    "admin/user/",
  ],
  "a redirect without a Location": [
    { answer: () => ({ status: 302, body: "" }) },
    [],
    ["connection: answers 302: the redirect names no usable Location"],
  ],
  "a status that does not exist": [
    { answer: () => ({ status: 999, body: {} }) },
    [],
    ["unknown address: answers 999"],
  ],
  "secrets in a content type": [
    answers("GET", 200, (answer) => ({
      ...answer,
      headers: { "content-type": `text/${SERVICE_TOKEN}; id=${UUID.replaceAll("-", "")}` },
    })),
    READ,
    ["user: the content type is text/(the token); id=(a UUID)"],
  ],
  "secrets in the names of fields": [
    records(({ id }) => ({ [`a ${id}`]: 1, [SERVICE_TOKEN]: 1, ["z".repeat(90)]: 1, email: "" })),
    READ,
    [
      /^user: id is missing; the reply has a \(a UUID\), \(the token\), z{80}…, email$/,
      "user: email is empty",
      /^user: email_verified is missing/,
    ],
    id,
  ],
  "a byte order mark before a wrong field": [
    marked((record) => ({ ...record, id: 42 })),
    READ,
    ["user: id is a number"],
    id,
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
    undefined,
    /expected: 404/,
  ],
};

/** What differs, but works; how it is looked for; and the note. */
export const NOTED: readonly [string, PlantedFault, readonly string[], string][] = [
  ["upper case", ids((uuid) => uuid.toUpperCase()), WRITE, "UUID: in upper case"],
  [
    "a byte order mark",
    marked(({ id, ...rest }) => ({ id: `${id}`.toUpperCase(), ...rest })),
    READ,
    "UUID: ",
  ],
  ["403", answers("GET", 401, (answer) => ({ ...answer, status: 403 })), [], "another token: 403"],
  ["200 for all", answers("POST", 201, (answer) => ({ ...answer, status: 200 })), WRITE, "status: 200"],
  [
    "no such path",
    { answer: (answer) => (answer.status === 404 ? { status: 404, body: {} } : answer) },
    [],
    "path: cannot tell: a path that does not exist answers the same",
  ],
  [
    "no slashes",
    { answer: (answer, { path }) => (path.includes("%2F") ? { status: 400, body: {} } : answer) },
    [],
    "encoded address: answers 400",
  ],
];
