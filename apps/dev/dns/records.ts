import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { makeFolder } from "../data-folder/make-folder.ts";

/** The file of the records in the data folder. */
const RECORDS_FILE = "dns.json";

const MAX_NAME_LENGTH = 253;
const MAX_VALUE_BYTES = 2_048;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

const fileSchema = z.record(z.string(), z.array(z.string().min(1)).min(1));

/** The TXT records in a file. Every call reads it again, so that a change takes effect at once, in every process. */
export class TxtRecords {
  readonly #file: string;

  constructor(dataFolder: string) {
    this.#file = join(dataFolder, RECORDS_FILE);
  }

  /** Values by name, in lower case and without a trailing dot. @throws when the file is broken, with a way to fix it */
  all(): Readonly<Record<string, readonly string[]>> {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.#file, "utf8")));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
      const shape = '{ "name": ["value"] }';
      throw new Error(`${this.#file} does not hold ${shape}: repair or delete it`, { cause: error });
    }
  }

  /** Replaces all values of the name. @throws when the name or a value is invalid */
  set(name: string, values: readonly string[]): void {
    this.#write({ ...this.all(), [parseName(name)]: [...new Set(values.map(parseValue))] });
  }

  /** @returns whether there was such a record */
  remove(name: string): boolean {
    const { [parseName(name)]: removed, ...others } = this.all();
    if (removed === undefined) return false;
    this.#write(others);
    return true;
  }

  /** Never leaves half a file. */
  #write(records: Readonly<Record<string, readonly string[]>>): void {
    makeFolder(dirname(this.#file));
    const next = `${this.#file}.${process.pid}.next`;
    writeFileSync(next, `${JSON.stringify(records, null, 2)}\n`);
    renameSync(next, this.#file);
  }
}

/** In lower case, without a trailing dot. @throws when no record can have the name */
export function parseName(text: string): string {
  const name = text.toLowerCase().replace(/\.$/, "");
  const isName = name.length <= MAX_NAME_LENGTH && name.split(".").every((label) => LABEL.test(label));
  if (!isName) throw new Error(`"${text}" is not a DNS name such as _platform-api.acme.example`);
  return name;
}

function parseValue(text: string): string {
  const { length } = Buffer.from(text);
  if (length > 0 && length <= MAX_VALUE_BYTES) return text;
  throw new Error(`A value must have 1 to ${MAX_VALUE_BYTES} bytes, and this one has ${length}`);
}
