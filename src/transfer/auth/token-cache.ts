import type { Clock } from '#kernel';
import type { Token } from './fetch-token.ts';
import { coversScope, type Scope } from './scope.ts';

interface Entry {
  /** What the token was asked for, which may be more than whoever asks now needs. */
  readonly scope: Scope;
  readonly token: Promise<Token>;
  arrived?: Token;
}

const mostTokens = 500;

/** Tokens by what they allow. Calls that need the same share one request, and its failure. */
export class TokenCache {
  readonly #clock: Clock;
  #entries: readonly Entry[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A token that allows all of this; `load` gets one where none is known. */
  async get(scope: Scope, load: () => Promise<Token>): Promise<string> {
    const now = this.#clock.now();
    const isFresh = ({ arrived }: Entry) => arrived === undefined || now < arrived.staleAt;
    this.#entries = this.#entries.filter(isFresh).slice(-mostTokens);
    const known = this.#entries.find((entry) => coversScope(entry.scope, scope));
    return (await (known ?? this.#load(scope, load)).token).text;
  }

  /** Forgets a token before its time. */
  drop(text: string): void {
    this.#entries = this.#entries.filter(({ arrived }) => arrived?.text !== text);
  }

  #load(scope: Scope, load: () => Promise<Token>): Entry {
    const entry: Entry = { scope, token: load() };
    this.#entries = [...this.#entries, entry];
    entry.token.then(
      (token) => {
        entry.arrived = token;
      },
      () => {
        this.#entries = this.#entries.filter((other) => other !== entry);
      },
    );
    return entry;
  }
}
