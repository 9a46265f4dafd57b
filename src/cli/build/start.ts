import { buildOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { repositoryOperand, repositoryParams } from '../command/operands.ts';
import { usage } from '../command/parse-command-line.ts';

export const startBuild = command({
  summary: 'Builds a branch or tag now, by every rule that matches it.',
  description: 'Without --branch or --tag, the newest commit of each rule with a literal source.',
  operands: [repositoryOperand],
  options: {
    branch: { type: 'string', value: 'NAME', meaning: 'the branch to build' },
    tag: { type: 'string', value: 'NAME', meaning: 'the git tag to build' },
  },
  examples: ['slipway build start alice/app --branch main'],
  async run(context, { operands: [repository], options }) {
    const params = repositoryParams(repository);
    const ref = chooseRef(options);
    const client = await context.connect();
    const started = await client.call(buildOperations.start, {
      params,
      body: ref === undefined ? {} : { ref },
      signal: context.signal,
    });
    print(context, started, () => describeStarted(started));
  },
});

function chooseRef({ branch, tag }: { readonly branch?: string; readonly tag?: string }) {
  if (branch !== undefined && tag !== undefined) {
    throw usage('--branch and --tag exclude each other');
  }
  if (branch !== undefined) return { type: 'branch', name: branch } as const;
  return tag === undefined ? undefined : ({ type: 'tag', name: tag } as const);
}

function describeStarted({ builds, notes }: { builds: number[]; notes: string[] }): string {
  const started = builds.map(
    (id) => `Build ${id} waits; follow it with: slipway build logs ${id} -f`,
  );
  const lines = [...started, ...notes];
  return lines.length === 0 ? 'No rule builds that.' : lines.join('\n');
}
