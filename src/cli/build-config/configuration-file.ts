import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import {
  type BuildConfiguration,
  type BuildConfigurationInput,
  buildConfigurationInput,
  buildRuleInput,
  buildVariable,
} from '#protocol';
import { usage } from '../command/parse-command-line.ts';

/** As the API takes it, but a field that does not exist is a mistake and not passed over. */
const fileForm = z.strictObject({
  ...buildConfigurationInput.omit({ version: true }).shape,
  rules: z.array(z.strictObject(buildRuleInput.shape)).min(1).max(100).optional(),
  variables: z.array(z.strictObject(buildVariable.shape)).max(100).default([]),
});

/** Reads a build configuration from YAML. Throws `USAGE` that names the file, the field and the fault. */
export async function readConfigurationFile(path: string): Promise<BuildConfigurationInput> {
  return parseConfiguration(await readText(path), path);
}

export function parseConfiguration(text: string, path: string): BuildConfigurationInput {
  const parsed = fileForm.safeParse(parseYaml(text, path));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    (issue) => `${issue.path.map(String).join('.') || 'the file'}: ${issue.message}`,
  );
  throw usage(`${path} is no build configuration:\n  ${problems.join('\n  ')}`);
}

/** What `readConfigurationFile` reads back: the configuration without what the server adds. */
export function renderConfiguration(configuration: BuildConfiguration): string {
  const { source, autotest, rules, variables } = configuration;
  return stringify({
    source: { provider: source.provider, repository: source.repository },
    autotest,
    rules: rules.map(({ number: _number, ...rule }) => rule),
    variables: variables.map(({ name }) => ({ name })),
  });
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw usage(`cannot read ${path}: ${(error as Error).message}`);
  }
}

function parseYaml(text: string, path: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw usage(`${path} is no YAML: ${(error as Error).message}`);
  }
}
