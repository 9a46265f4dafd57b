import type { Clock } from '#kernel';
import { createTransport } from '../http/transport.ts';
import { createAuthorizer } from './authorizer.ts';
import type { Credential } from './credential.ts';
import { noScope } from './scope.ts';

export interface TokenSourceOptions {
  readonly registry: URL;
  /** Without one, tokens are for nobody in particular. */
  readonly credential?: Credential | undefined;
  readonly clock: Clock;
  /** How long a token service may take to answer. */
  readonly silenceMilliseconds: number;
}

/** For who passes requests on to a registry that are not its own: answers what the registry asks for. */
export interface TokenSource extends AsyncDisposable {
  /**
   * The Authorization header that these challenges (WWW-Authenticate of a 401) ask for, from memory
   * where it was had before; `undefined` when nothing can be had. Throws what a token service's answer
   * means, as every call of `RegistryClient` does.
   */
  answer(challenges: string | undefined): Promise<string | undefined>;
}

export function createTokenSource({
  silenceMilliseconds,
  ...options
}: TokenSourceOptions): TokenSource {
  const transport = createTransport({ silenceMilliseconds });
  const authorizer = createAuthorizer({ ...options, transport });
  return {
    answer: (challenges) => authorizer.renew({ scope: noScope, sent: undefined, challenges }),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}
