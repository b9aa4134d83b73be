import { expect, it } from "vitest";
import { releaseChangelog, unreleasedNotes } from "./changelog.ts";

const changelog = (...lines: string[]) => ["# Changelog", "", ...lines, ""].join("\n");

it.each([
  ["the first version", ["## Unreleased", "", "### client", "", "- New."], "### client\n\n- New."],
  [
    "what stands above an older version",
    ["## Unreleased", "", "- New.", "", "## [0.1.0] - 2026-01-02", "", "- Old."],
    "- New.",
  ],
  ["a heading in brackets", ["## [Unreleased]", "- New."], "- New."],
  [
    "what stands above the link references",
    ["## Unreleased", "- New.", "", "[0.1.0]: https://git.example/0.1.0"],
    "- New.",
  ],
  ["text without its comments", ["## Unreleased", "", "- New. <!-- for lint -->"], "- New."],
  [
    "links that start a line",
    ["## Unreleased", "", "[Read](this.md).", "- New."],
    "[Read](this.md).\n- New.",
  ],
  ["nothing of a section with headings only", ["## Unreleased", "", "### client", "", "#### Added"], ""],
  ["nothing of an empty section", ["## Unreleased", "", "## [0.1.0] - 2026-01-02", "", "- Old."], ""],
  ["nothing of a comment", ["## Unreleased", "", "<!-- write", "here -->"], ""],
  ["null without the section", ["## [0.1.0] - 2026-01-02", "", "- Old: Unreleased"], null],
])("the notes are %s", (_, lines, notes) => {
  expect(unreleasedNotes(changelog(...lines))).toBe(notes);
});

it.each([
  [
    "the only section",
    ["## Unreleased", "", "### client", "", "- New."],
    ["## Unreleased", "", "## [0.2.0] - 2026-03-04", "", "### client", "", "- New."],
  ],
  [
    "the section above an older version, whose text stays",
    ["## Unreleased", "", "- New. <!-- kept -->", "", "", "## [0.1.0] - 2026-01-02", "", "- Old."],
    [
      "## Unreleased",
      "",
      "## [0.2.0] - 2026-03-04",
      "",
      "- New. <!-- kept -->",
      "",
      "## [0.1.0] - 2026-01-02",
      "",
      "- Old.",
    ],
  ],
  [
    "link references",
    [
      "## [Unreleased]",
      "",
      "- New.",
      "",
      "## [0.1.0] - 2026-01-02",
      "",
      "- Old.",
      "",
      "[Unreleased]: https://git.example/compare/v0.1.0...HEAD",
      "[0.1.0]: https://git.example/tag/v0.1.0",
    ],
    [
      "## [Unreleased]",
      "",
      "## [0.2.0] - 2026-03-04",
      "",
      "- New.",
      "",
      "## [0.1.0] - 2026-01-02",
      "",
      "- Old.",
      "",
      "[Unreleased]: https://git.example/compare/v0.2.0...HEAD",
      "[0.2.0]: https://git.example/compare/v0.1.0...v0.2.0",
      "[0.1.0]: https://git.example/tag/v0.1.0",
    ],
  ],
])("releases %s", (_, before, after) => {
  expect(releaseChangelog(changelog(...before), "0.2.0", "2026-03-04")).toBe(changelog(...after));
});

it("leaves an empty Unreleased behind", () => {
  const released = releaseChangelog(changelog("## Unreleased", "", "- New."), "0.2.0", "2026-03-04");
  expect(unreleasedNotes(released)).toBe("");
});
