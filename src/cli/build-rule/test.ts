import { buildConfigurationOperations, type RuleTestResult } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { repositoryOperand, repositoryParams } from '../command/operands.ts';
import { usage } from '../command/parse-command-line.ts';
import type { Style } from '../output/style.ts';
import { formatTable } from '../output/table.ts';

export const testBuildRules = command({
  summary: 'Tells what the rules would do with refs, without building.',
  description:
    'Without --branch and --tag, with the branches and tags that the source has now. With\n' +
    '--source and --docker-tags, what a rule would do that does not exist yet.',
  operands: [repositoryOperand],
  options: {
    branch: { type: 'string', value: 'NAME', multiple: true, meaning: 'a branch to try' },
    tag: { type: 'string', value: 'NAME', multiple: true, meaning: 'a git tag to try' },
    'source-type': { type: 'string', value: 'TYPE', meaning: 'branch or tag, of the tried rule' },
    source: { type: 'string', value: 'SOURCE', meaning: 'name or /regex/, of the tried rule' },
    'docker-tags': { type: 'string', value: 'TAGS', meaning: 'image tags, of the tried rule' },
  },
  examples: ['slipway build-rule test alice/app --tag v1.0.0'],
  async run(context, { operands: [repository], options }) {
    const params = repositoryParams(repository);
    const refs = [
      ...(options.branch ?? []).map((name) => ({ type: 'branch', name }) as const),
      ...(options.tag ?? []).map((name) => ({ type: 'tag', name }) as const),
    ];
    const rule = readTriedRule(options);
    const client = await context.connect();
    const result = await client.call(buildConfigurationOperations.testRules, {
      params,
      body: { ...(refs.length > 0 && { refs }), ...(rule && { rules: [rule] }) },
      signal: context.signal,
    });
    print(context, result, () => describeResult(result, context.output.style));
  },
});

interface TriedRule {
  readonly 'source-type'?: string;
  readonly source?: string;
  readonly 'docker-tags'?: string;
}

function readTriedRule({ source, 'source-type': type = 'branch', ...rest }: TriedRule) {
  const dockerTags = rest['docker-tags'];
  if (source === undefined && dockerTags === undefined) return undefined;
  if (source === undefined || dockerTags === undefined) {
    throw usage('a rule to try needs both --source and --docker-tags');
  }
  if (type !== 'branch' && type !== 'tag') throw usage('--source-type is branch or tag');
  return { sourceType: type, source, dockerTags } as const;
}

function describeResult({ refs, warnings }: RuleTestResult, style: Style): string {
  const table = formatTable(
    ['REF', 'OUTCOME', 'TAGS', 'WHY'],
    refs.map((ref) => [
      `${ref.type} ${markMatch(ref, style)}`,
      ref.outcome,
      ref.tags.join(', '),
      ref.text,
    ]),
  );
  return [table, ...warnings.map((warning) => `warning: ${warning}`)].join('\n');
}

function markMatch({ name, matched }: RuleTestResult['refs'][number], style: Style): string {
  if (matched === undefined) return name;
  const { start, end } = matched;
  return `${name.slice(0, start)}${style.bold(name.slice(start, end))}${name.slice(end)}`;
}
