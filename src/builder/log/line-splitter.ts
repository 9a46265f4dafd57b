import type { SecretMask } from './secret-mask.ts';

/** The protocol allows a little more, for what a mask adds. */
const longestLineCharacters = 16_000;

/**
 * Turns a stream of bytes, cut anywhere, into lines without their ends and without secrets. Bytes
 * that are no UTF-8 become U+FFFD. What a carriage return would have overwritten in a terminal, as
 * progress bars do, is left out. Longer lines come in pieces, never cut within a secret.
 */
export class LineSplitter {
  readonly #mask: SecretMask;
  readonly #onLine: (text: string) => void;
  readonly #decoder = new TextDecoder();
  #rest = '';

  constructor(mask: SecretMask, onLine: (text: string) => void) {
    this.#mask = mask;
    this.#onLine = onLine;
  }

  push(bytes: Uint8Array): void {
    this.#take(this.#decoder.decode(bytes, { stream: true }));
  }

  /** Gives the last line although nothing ended it; more may be pushed afterwards. */
  end(): void {
    this.#take(this.#decoder.decode());
    if (this.#rest !== '') this.#emit(this.#rest);
    this.#rest = '';
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#emit(line);
    this.#rest = this.#emitPieces(withoutOverwritten(this.#rest));
  }

  #emit(line: string): void {
    const visible = withoutOverwritten(line);
    const last = this.#emitPieces(visible.endsWith('\r') ? visible.slice(0, -1) : visible);
    this.#onLine(this.#mask.apply(last));
  }

  /** Gives away full pieces while what remains is too long; returns what remains. */
  #emitPieces(text: string): string {
    let rest = text;
    while (rest.length >= longestLineCharacters + this.#mask.longest + 2) {
      const cut = this.#mask.cutAfter(rest, wholeCharacter(rest, longestLineCharacters));
      this.#onLine(this.#mask.apply(rest.slice(0, cut)));
      rest = rest.slice(cut);
    }
    return rest;
  }
}

/** The text after the last carriage return that something follows. */
function withoutOverwritten(line: string): string {
  const end = line.endsWith('\r') ? line.length - 2 : line.length - 1;
  return end < 0 ? line : line.slice(line.lastIndexOf('\r', end) + 1);
}

/** A place that does not cut a surrogate pair in two. */
function wholeCharacter(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at + 1 : at;
}
