import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { COMMANDS, memoryMbOf, PAGE } from "./page.ts";

const serviceShape = z.object({
  ...{ image: z.string(), mem_limit: z.string(), stop_grace_period: z.string() },
  ports: z.array(z.string()),
});
const compose: unknown = parse(readFileSync(new URL("../../../compose.yaml", import.meta.url), "utf8"), {
  merge: true,
});
const { services } = z.object({ services: z.record(z.string(), serviceShape) }).parse(compose);
const withStart = (start: string) => COMMANDS.filter((line) => line.startsWith(start));
const option = (command: string, name: string) => new RegExp(` --${name} ("[^"]*"|\\S+)`).exec(command)?.[1];

describe("docs/deploy-images.md", () => {
  it.each(Object.entries(services))(
    "shows the port and the memory of %s as compose.yaml has them",
    (name, service) => {
      const [, port] = new RegExp(`^\\| \`${name}\` \\|[^|]+\\| (\\d+) \\|`, "m").exec(PAGE) ?? [];
      expect(service.ports).toEqual([`127.0.0.1:${port}:${port}`]);
      expect(service.mem_limit).toBe(`${memoryMbOf(name)}m`);
    },
  );

  it("builds each target under the name that compose.yaml gives it", () => {
    const built = withStart("docker build --pull ").map((line) => [
      option(line, "target"),
      option(line, "tag"),
    ]);
    expect(built).toEqual(Object.entries(services).map(([name, { image }]) => [name, image]));
  });

  it("runs platform-api without Compose as compose.yaml does", () => {
    const { image, mem_limit, stop_grace_period, ports } = z
      .object({ "platform-api": serviceShape })
      .parse(services)["platform-api"];
    const [command = ""] = withStart("docker run --detach ");
    expect(command.endsWith(` ${image}`)).toBe(true);
    expect(command).toContain(" --read-only ");
    const options = ["restart", "publish", "cap-drop", "security-opt", "memory", "stop-timeout"];
    expect(options.map((name) => option(command, name))).toEqual([
      ...["unless-stopped", ports[0], "ALL", "no-new-privileges", mem_limit],
      `${Number.parseInt(stop_grace_period, 10)}`,
    ]);
  });
});
