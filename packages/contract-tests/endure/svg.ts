/** Colours of light pages; those of dark ones after them. All text has a contrast of at least 4.5. */
export const STYLE = `
  svg { color-scheme: light dark; }
  text { font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328; }
  .title { font-size: 16px; font-weight: 600; }
  .head { font-weight: 600; }
  .quiet { fill: #59636e; }
  .small { font-size: 11px; }
  .page { fill: #ffffff; }
  .grid { stroke: #d1d9e0; }
  .warm { fill: #54aeff; } .first { fill: #0969da; } .refused { fill: #afb8c1; }
  .unavailable { fill: #e16f24; } .wrong { fill: #cf222e; }
  .p50 { stroke: #0969da; } .p99 { stroke: #8250df; } .memory { stroke: #1a7f37; }
  .line { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
  .limit { stroke: #bc4c00; stroke-dasharray: 5 4; }
  .fault { fill: #bc4c00; } .attack { fill: #6e7781; } .work { fill: #0969da; }
  .band { fill: #bc4c00; fill-opacity: 0.1; }
  .restart { stroke: #8250df; stroke-width: 1.5; stroke-dasharray: 2 3; }
  .restarted { fill: #8250df; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .quiet { fill: #9198a1; }
    .page { fill: #0d1117; }
    .grid { stroke: #3d444d; }
    .warm { fill: #388bfd; } .first { fill: #a5d6ff; } .refused { fill: #545d68; }
    .unavailable { fill: #f0883e; } .wrong { fill: #ff7b72; }
    .p50 { stroke: #58a6ff; } .p99 { stroke: #be8fff; } .memory { stroke: #3fb950; }
    .limit { stroke: #f0883e; }
    .fault { fill: #f0883e; } .attack { fill: #8b949e; } .work { fill: #58a6ff; }
    .band { fill: #f0883e; fill-opacity: 0.16; }
    .restart { stroke: #be8fff; }
    .restarted { fill: #be8fff; }
  }`;

export function text(x: number, y: number, content: string, style: string): string {
  return `<text x="${x}" y="${y}" class="${style}">${escaped(content)}</text>`;
}

export function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** Rounds to a tenth of a pixel. */
export function r(value: number): number {
  return Math.round(value * 10) / 10;
}
