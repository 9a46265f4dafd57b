import {
  connectBuilder,
  logIn,
  makeBuildable,
  type Person,
  startBuild,
  type TestServer,
} from '#app/testing';

/** Who calls, in the order of the columns of every table. */
export const callerNames = [
  'anonymous',
  'wrong',
  'attempt',
  'other',
  'reader',
  'owner',
  'administrator',
] as const;

export type CallerName = (typeof callerNames)[number];

/** Those who may see nothing that is private. */
export const outsiders: readonly CallerName[] = ['anonymous', 'wrong', 'attempt', 'other'];

/** Authorization headers: with a bearer token, as the API takes it, and as registry and git clients send it. */
export interface Caller {
  readonly bearer: string | undefined;
  readonly basic: string | undefined;
}

export interface Callers extends AsyncDisposable {
  readonly of: Readonly<Record<CallerName, Caller>>;
  /** With sessions anew. */
  logInAgain(): Promise<void>;
}

/**
 * The owner is Bob, the other user Ada. `reader` is Bob with a token that only reads, and `attempt` a
 * running build of a repository of Ada's.
 */
export async function createCallers(server: TestServer): Promise<Callers> {
  await makeBuildable(server, 'built');
  await startBuild(server, 'built');
  const builder = connectBuilder(server, { name: 'of-ada' });
  const { assignment } = await builder.next('assignment');
  const attempt = `Bearer ${assignment.token}`;
  const reader = await server.bob.makeToken('repo:read');
  const of: Record<CallerName, Caller> = {
    anonymous: { bearer: undefined, basic: undefined },
    wrong: { bearer: 'Bearer wrong', basic: `Basic ${btoa('bob:wrong')}` },
    attempt: { bearer: attempt, basic: attempt },
    other: personal(server.ada),
    reader: { bearer: `Bearer ${reader.secret}`, basic: reader.basic },
    owner: personal(server.bob),
    administrator: personal(server.administrator),
  };
  return {
    of,
    async logInAgain() {
      const { ada, bob, administrator } = server;
      const people = { other: ada, owner: bob, administrator };
      for (const [caller, { name }] of Object.entries(people)) {
        of[caller as keyof typeof people] = personal(await logIn(server.url, name));
      }
    },
    [Symbol.asyncDispose]: () => builder[Symbol.asyncDispose](),
  };
}

function personal({ session, basic }: Person): Caller {
  return { bearer: `Bearer ${session}`, basic };
}
