import type { SlipwayClient } from '#client';
import type { BuildEvent, Operation } from '#protocol';

/** What the server would answer, by the operation's id; an `Error` is thrown instead. */
export type Answers = Readonly<Record<string, Answer | readonly Answer[]>>;
type Answer = object | undefined;

export interface SentCall {
  readonly operation: string;
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

export interface FakeClientOptions {
  readonly serverUrl: string;
  readonly answers: Answers;
  readonly events: readonly BuildEvent[];
  readonly rawLog: string;
  /** Where calls are noted. */
  readonly calls: SentCall[];
}

/** A server's side in memory: takes only what the declarations take, answers only what they answer. */
export function createFakeClient(options: FakeClientOptions): SlipwayClient {
  const { serverUrl, events, rawLog } = options;
  return {
    serverUrl,
    call: async (operation, { signal: _signal, ...input }) => {
      const sent = { operation: operation.id, ...input };
      checkInput(operation, sent);
      options.calls.push(sent);
      return operation.answer.parse(takeAnswer(options, operation.id)) as never;
    },
    async *followBuild() {
      yield* events;
    },
    readRawLog: async () => rawLog,
  };
}

function checkInput(operation: Operation, { params, query, body }: SentCall): void {
  operation.params.parse(params ?? {});
  operation.query.parse(query ?? {});
  operation.body.parse(body);
}

/** A list of answers is used up call by call. */
function takeAnswer({ answers, calls }: FakeClientOptions, id: string): Answer {
  if (!Object.hasOwn(answers, id)) throw new Error(`the test has no answer for ${id}`);
  const given = answers[id];
  const already = calls.filter((call) => call.operation === id).length;
  const answer: unknown = Array.isArray(given) ? given[already - 1] : given;
  if (answer instanceof Error) throw answer;
  return answer as Answer;
}
