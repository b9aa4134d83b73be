import { GROUPS, type Results, type Row } from "./results.ts";
import { inUnit } from "./table.ts";

const WIDTH = 860;
const LABEL_WIDTH = 330;
const BAR_WIDTH = 400;
const LINE = 26;
const TITLE_LINES = 2.6;

/** Colours of light pages; those of dark ones after them. All have a contrast of at least 4.5 as text. */
const STYLE = `
  svg { color-scheme: light dark; }
  text { font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328; }
  .title { font-size: 16px; font-weight: 600; }
  .group { font-weight: 600; }
  .quiet { fill: #59636e; }
  .page { fill: #ffffff; }
  .ours { fill: #0969da; }
  .peer { fill: #818b98; }
  .limit { stroke: #bc4c00; stroke-width: 2; }
  .one { stroke: #d1d9e0; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .quiet { fill: #9198a1; }
    .page { fill: #0d1117; }
    .ours { fill: #4493f8; }
    .peer { fill: #656c76; }
    .limit { stroke: #f0883e; }
    .one { stroke: #3d444d; }
  }`;

/** A bar for each value that is a share of a bare server. */
export function chart({ ranOn, rows }: Results): string {
  const shares = rows.filter(({ unit }) => unit === "of bare");
  const parts: string[] = [];
  let line = TITLE_LINES;
  for (const group of GROUPS) {
    const own = shares.filter((row) => row.group === group);
    if (own.length === 0) continue;
    parts.push(text(16, line, group, "group"));
    line += 1;
    for (const row of own) {
      parts.push(bar(row, line));
      line += 1;
    }
    line += 0.4;
  }
  const height = Math.round((line + 1.2) * LINE);
  const one = LABEL_WIDTH + BAR_WIDTH;
  const title = "CPU time of bare node:http ÷ CPU time of the server, for the same answer";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">
<title id="title">${title}</title>
<style>${STYLE}
</style>
<rect class="page" width="${WIDTH}" height="${height}"/>
${text(16, 0, title, "title")}
${text(16, 0.9, "1.00 costs as much as the bare server. The orange mark is the limit that we hold.", "quiet")}
<line class="one" x1="${one}" x2="${one}" y1="${y(TITLE_LINES)}" y2="${y(line - 0.6)}"/>
${parts.join("\n")}
${text(16, line - 0.1, `${ranOn.cpu}, one core, Node ${ranOn.node}, ${ranOn.date}, commit ${ranOn.commit}`, "quiet")}
</svg>
`;
}

function bar({ name, group, value: { median }, unit, limit, perSecond }: Row, line: number): string {
  const end = LABEL_WIDTH + Math.min(median, 1.05) * BAR_WIDTH;
  const kind = group.startsWith("peers") ? "peer" : "ours";
  const rate = perSecond === null ? "" : ` · ${perSecond.toLocaleString("en")}/s`;
  const least = limit !== null && "atLeast" in limit ? LABEL_WIDTH + limit.atLeast * BAR_WIDTH : null;
  const top = y(line);
  const mark = `<line class="limit" x1="${least}" x2="${least}" y1="${top - 1}" y2="${top + 19}"/>`;
  const labelAt = Math.max(end, least !== null && least - end < 120 ? least : 0) + 6;
  return [
    text(28, line, name),
    `<rect class="${kind}" x="${LABEL_WIDTH}" y="${top + 2}" width="${(end - LABEL_WIDTH).toFixed(1)}" height="14" rx="2"/>`,
    least === null ? "" : mark,
    `<text x="${labelAt.toFixed(1)}" y="${top + 14}">${inUnit(median, unit)}<tspan class="quiet">${rate}</tspan></text>`,
  ].join("");
}

function y(line: number): number {
  return Math.round(line * LINE) + 12;
}

function text(x: number, line: number, content: string, kind = ""): string {
  return `<text x="${x}" y="${y(line) + 14}" class="${kind}">${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
