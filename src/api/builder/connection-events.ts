import type { BuilderOrder, Builders, ConnectionSignals, LeasedAttempt } from '#builds';
import type { Assignment, ConnectionEvent, ConnectionRequest } from '#protocol';

export interface ConnectionOptions {
  readonly builders: Builders;
  readonly publicUrl: string;
}

/** What a builder's connection says, one event after the other, until it ends. */
export async function* connectionEvents(
  { builders, publicUrl }: ConnectionOptions,
  request: ConnectionRequest,
  signals: ConnectionSignals,
): AsyncGenerator<ConnectionEvent, void> {
  for await (const order of builders.connect(request, signals)) {
    yield toEvent(order, { builderId: request.name, publicUrl });
  }
}

interface Place {
  readonly builderId: string;
  readonly publicUrl: string;
}

function toEvent(order: BuilderOrder, { builderId, publicUrl }: Place): ConnectionEvent {
  if (order.type === 'welcome') return { ...order, builderId };
  if (order.type !== 'assignment') return order;
  return { type: 'assignment', assignment: toAssignment(order.attempt, publicUrl) };
}

function toAssignment(leased: LeasedAttempt, publicUrl: string): Assignment {
  const { ref } = leased;
  return {
    attemptId: leased.attemptId,
    buildId: leased.buildId,
    attempt: leased.attempt,
    token: leased.token,
    repository: leased.repositoryName,
    publicUrl,
    source: {
      path: leased.clone.path,
      type: ref.type,
      name: ref.name,
      commit: ref.commit,
    },
    buildContext: leased.buildContext,
    dockerfile: leased.dockerfile,
    tags: [...leased.tags],
    caching: leased.caching,
    push: leased.push,
    variables: { ...leased.variables },
  };
}
