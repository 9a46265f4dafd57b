import { buildOperations, type DeliveryReport } from '#protocol';
import { collectPages, limitOption } from '../command/collect-pages.ts';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { repositoryOperand, repositoryParams } from '../command/operands.ts';
import { formatTime } from '../output/time-text.ts';

export const listDeliveries = command({
  summary: 'Lists pushes, and for each which rules did or did not build, and why.',
  operands: [repositoryOperand],
  options: limitOption,
  async run(context, { operands: [repository], options: { limit } }) {
    const params = repositoryParams(repository);
    const { signal } = context;
    const client = await context.connect();
    const page = await collectPages(limit, (query) =>
      client.call(buildOperations.deliveries, { params, query, signal }),
    );
    print(context, page, () =>
      page.items.length === 0
        ? `Nothing was pushed to the source of ${repository} yet.`
        : page.items.map(describeDelivery).join('\n\n'),
    );
  },
});

function describeDelivery(delivery: DeliveryReport) {
  const { id, cause, pushedBy, receivedAt, changes, verdicts, isCut } = delivery;
  const by = pushedBy === undefined ? '' : ` by ${pushedBy}`;
  return [
    `Delivery ${id}: ${cause}${by} at ${formatTime(receivedAt)}`,
    ...describeProgress(delivery),
    ...changes.map(
      ({ type, name, commit }) => `  ${type} ${name} → ${commit?.slice(0, 12) ?? 'deleted'}`,
    ),
    ...verdicts.map(({ refType, refName, text }) => `  ${refType} ${refName}: ${text}`),
    ...(isCut ? ['  …and more: a delivery lists the first of its changes and verdicts'] : []),
  ].join('\n');
}

/** Nothing of one that all is done of. */
function describeProgress({ state, isFailing }: DeliveryReport): readonly string[] {
  if (state === 'done') return [];
  const what = state === 'received' ? 'the source could not be read' : 'not all could be planned';
  if (isFailing) return [`  ${what}: it is tried again, and the server's log says why`];
  return [state === 'received' ? '  waits to be looked into' : '  is being planned'];
}
