import { printable } from "../../terminal/terminal.ts";

/** What may be printed of a text that the directory sent. */
export type Quote = (text: string) => string;

const UUID = /[0-9a-f]{8}(?:(?:-|%2d)?[0-9a-f]{4}){3}(?:-|%2d)?[0-9a-f]{12}/gi;
const MAX_LENGTH = 80;

/** Creates a function that replaces the service token and UUIDs, then shortens the text. */
export function createQuote(token: string): Quote {
  // Each character as it is or URL-encoded; in any case, because a URL lowers the case of a host.
  const characters = [...token].map((character) => {
    const code = character.charCodeAt(0).toString(16).padStart(2, "0");
    return `(?:\\x${code}|%(?:25)*${code})`;
  });
  const tokenPattern = new RegExp(characters.join(""), "gi");
  return (text) => {
    const shown = printable(text.replaceAll(tokenPattern, "(the token)").replaceAll(UUID, "(a UUID)"));
    return shown.length > MAX_LENGTH ? `${shown.slice(0, MAX_LENGTH)}…` : shown;
  };
}
