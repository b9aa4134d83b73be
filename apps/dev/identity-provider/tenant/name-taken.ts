/** Something of this name exists already. */
export class NameTaken extends Error {
  override readonly name = "NameTaken";

  constructor(name: string) {
    super(`${name} exists already`);
  }
}
