import type { SlipwayClient } from '#client';
import {
  type BuildReport,
  type BuildRuleInput,
  buildConfigurationOperations,
  buildOperations,
  repositoryOperations,
} from '#protocol';
import { type GitProject, openGitProject } from '../scenarios/git-project.ts';
import { owner } from '../scenarios/people.ts';
import type { Program } from './program.ts';

/** A repository with automated builds, and the work tree that is pushed to its source. */
export interface Project extends AsyncDisposable {
  readonly source: GitProject;
  readonly name: string;
  /** Pushes what is committed, and gives the builds that follow from it, oldest first. */
  push(...refs: readonly string[]): Promise<readonly number[]>;
}

export interface ProjectOptions {
  readonly program: Program;
  readonly client: SlipwayClient;
  /** Without the namespace. */
  readonly name: string;
  readonly rules?: readonly BuildRuleInput[];
  readonly variables?: Readonly<Record<string, string>>;
}

const latest: BuildRuleInput = { source: 'main', dockerTags: 'latest' };

export async function openProject(options: ProjectOptions): Promise<Project> {
  const { client, program, rules = [latest], variables = {} } = options;
  const name = `${owner.username}/${options.name}`;
  const params = { namespace: owner.username, name: options.name };
  await client.call(repositoryOperations.create, { body: { name } });
  await client.call(buildConfigurationOperations.save, {
    params,
    query: {},
    body: {
      rules: [...rules],
      variables: Object.entries(variables).map(([key, value]) => ({ name: key, value })),
    },
  });
  const source = await openGitProject(`${program.serverUrl}/git/${name}.git`, owner);
  const builds = async () => {
    const { items } = await client.call(buildOperations.list, { params, query: { limit: 100 } });
    return items.map(({ id }) => id).toReversed();
  };
  return {
    source,
    name,
    push: async (...refs) => {
      const before = new Set(await builds());
      await source.git('push', '--quiet', 'origin', ...refs);
      return (await builds()).filter((id) => !before.has(id));
    },
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}

export async function reportOf(client: SlipwayClient, buildId: number): Promise<BuildReport> {
  return client.call(buildOperations.show, { params: { buildId } });
}

/** Follows a build to its end. */
export async function endOf(client: SlipwayClient, buildId: number): Promise<BuildReport> {
  for await (const event of client.followBuild(buildId)) if (event.type === 'end') break;
  return reportOf(client, buildId);
}

/** Follows a build until its log has a line with this text. */
export async function untilLine(
  client: SlipwayClient,
  buildId: number,
  text: string,
): Promise<void> {
  const seen: string[] = [];
  for await (const event of client.followBuild(buildId)) {
    if (event.type === 'line') seen.push(event.line.text);
    if (event.type === 'line' && event.line.text.includes(text)) return;
  }
  throw new Error(`the log never said "${text}":\n${seen.join('\n')}`);
}

/** The lines of an attempt, the newest by default. */
export async function logOf(client: SlipwayClient, buildId: number, attempt?: number) {
  const query = { limit: 5000, ...(attempt === undefined ? {} : { attempt }) };
  const { lines } = await client.call(buildOperations.log, { params: { buildId }, query });
  return lines.map(({ text }) => text);
}
