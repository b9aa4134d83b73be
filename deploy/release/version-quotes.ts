/** Where our own version stands, other than in the manifests. `@` is the version. */
const QUOTES: readonly { readonly files: RegExp; readonly text: string }[] = [
  { files: /(?:^|\/)package\.json$/, text: '^  "version": "@"' },
  { files: /\.ts$/, text: '^export const VERSION = "@";' },
  // How to install the tarballs.
  { files: /\.md$/, text: "platform-api-(?:clj-)?client-@\\.tgz" },
  // Tags of our images.
  { files: /\.(?:md|ya?ml)$/, text: "\\b(?:platform-api|agentic-backend|frontend):@" },
  { files: /\.ya?ml$/, text: "newTag: [\"']?@" },
  { files: /(?:^|\/)Dockerfile$/, text: '\\b(?:VERSION|version)="?@' },
];

/** History, measurements of one version, examples, and versions of other packages. */
const LEFT_ALONE =
  /^(?:CHANGELOG\.md|pnpm-lock\.yaml|compatibility\/.*|docs\/(?:decisions\/.*|compatibility\.md|release\.md)|deploy\/release\/.*|.*\.test\.ts)$/;

export interface Quotes {
  /** The new text of each file that changes. */
  readonly edits: ReadonlyMap<string, string>;
  /** Lines that may quote our version too, but that no rule knows: `file:line`. */
  readonly unknown: readonly string[];
}

/** Replaces the version wherever the files quote it as ours. */
export function replaceVersion(files: ReadonlyMap<string, string>, from: string, to: string): Quotes {
  const edits = new Map<string, string>();
  const unknown: string[] = [];
  for (const [file, text] of files) {
    if (LEFT_ALONE.test(file)) continue;
    const edited = QUOTES.filter((quote) => quote.files.test(file)).reduce(
      (current, quote) =>
        current.replaceAll(versioned(quote.text, from), (quoted) => quoted.replace(from, to)),
      text,
    );
    if (edited !== text) edits.set(file, edited);
    edited.split("\n").forEach((line, i) => {
      if (versioned("@", from).test(line)) unknown.push(`${file}:${i + 1}`);
    });
  }
  return { edits, unknown };
}

function versioned(text: string, version: string): RegExp {
  return new RegExp(
    text.replace("@", `(?<![\\d.])${version.replaceAll(".", "\\.")}(?![\\d-])(?!\\.\\d)`),
    "gm",
  );
}
