const HEADING = /^## \[?unreleased\]?[ \t]*$/im;
/** What ends a section: the next version, or the link references at the end of the file. */
const NEXT = /^(?:## |\[[^\]]+\]: )/m;
const COMPARISON = /^\[unreleased\]: (.*\/compare\/)(.*)\.\.\.HEAD$/im;

interface Section {
  /** Everything up to and including the heading. */
  readonly before: string;
  readonly body: string;
  readonly after: string;
}

function unreleased(changelog: string): Section | null {
  const heading = HEADING.exec(changelog);
  if (heading === null) return null;
  const start = heading.index + heading[0].length;
  const rest = changelog.slice(start);
  const length = NEXT.exec(rest)?.index ?? rest.length;
  return { before: changelog.slice(0, start), body: rest.slice(0, length).trim(), after: rest.slice(length) };
}

/** The changes of the next version as text, without comments; empty if there are only headings; null without the section. */
export function unreleasedNotes(changelog: string): string | null {
  const section = unreleased(changelog);
  if (section === null) return null;
  const notes = section.body.replaceAll(/[ \t]*<!--[\s\S]*?-->/g, "").trim();
  return notes.split("\n").every((line) => line.trim() === "" || line.startsWith("#")) ? "" : notes;
}

/** Turns *Unreleased* into the version, and puts an empty *Unreleased* above it. */
export function releaseChangelog(changelog: string, version: string, date: string): string {
  const section = unreleased(changelog);
  if (section === null) return changelog;
  const { before, body, after } = section;
  const end = after === "" ? "" : `\n${linkReferences(after, version)}`;
  return `${before}\n\n## [${version}] - ${date}\n\n${body}\n${end}`;
}

function linkReferences(text: string, version: string): string {
  return text.replace(
    COMPARISON,
    (_, base: string, previous: string) =>
      `[Unreleased]: ${base}v${version}...HEAD\n[${version}]: ${base}${previous}...v${version}`,
  );
}
