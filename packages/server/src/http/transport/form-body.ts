import type { FastifyInstance } from "fastify";

export const FORM_TYPE = "application/x-www-form-urlencoded";

/** Anything but a form counts as an empty one. */
export function readFormAsText(scope: FastifyInstance, bodyLimit: number): void {
  scope.removeAllContentTypeParsers();
  const parser = { parseAs: "string", bodyLimit } as const;
  scope.addContentTypeParser<string>(FORM_TYPE, parser, (_request, body, done) => done(null, body));
  scope.addContentTypeParser("*", (_request, _body, done) => done(null, ""));
}

/** The value of a field; null unless the form has it once. */
export function onlyField(form: unknown, name: string): string | null {
  const [value, ...others] = new URLSearchParams(typeof form === "string" ? form : "").getAll(name);
  return value === undefined || others.length > 0 ? null : value;
}
