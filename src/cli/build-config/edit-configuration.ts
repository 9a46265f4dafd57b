import { ApiError, type SlipwayClient } from '#client';
import {
  type BuildConfiguration,
  type BuildConfigurationInput,
  buildConfigurationOperations,
} from '#protocol';

export interface ConfigurationPlace {
  readonly client: SlipwayClient;
  readonly params: { readonly namespace: string; readonly name: string };
  readonly signal: AbortSignal;
}

/** The stored configuration, `undefined` where a repository has none yet. */
export async function findConfiguration(
  place: ConfigurationPlace,
): Promise<BuildConfiguration | undefined> {
  try {
    return await readConfiguration(place);
  } catch (error) {
    if (hasCode(error, 'CONFIGURATION_UNKNOWN')) return undefined;
    throw error;
  }
}

export function readConfiguration({
  client,
  params,
  signal,
}: ConfigurationPlace): Promise<BuildConfiguration> {
  return client.call(buildConfigurationOperations.show, { params, signal });
}

export function saveConfiguration(
  { client, params, signal }: ConfigurationPlace,
  body: BuildConfigurationInput,
  build = false,
) {
  const query = { build: build ? 'true' : 'false' } as const;
  return client.call(buildConfigurationOperations.save, { params, query, body, signal });
}

export interface ConfigurationEdit<Stored extends BuildConfiguration | undefined> {
  readonly read: (place: ConfigurationPlace) => Promise<Stored>;
  readonly change: (stored: Stored) => BuildConfigurationInput;
  readonly build?: boolean;
}

const mostTries = 5;

/**
 * Saves what is made of the stored configuration. Begins anew when somebody else saved in between, so
 * that nobody's change is lost.
 */
export async function editConfiguration<Stored extends BuildConfiguration | undefined>(
  place: ConfigurationPlace,
  { read, change, build = false }: ConfigurationEdit<Stored>,
) {
  for (let tries = 1; ; tries += 1) {
    const stored = await read(place);
    const body = { ...change(stored), version: stored?.version ?? 0 };
    try {
      return await saveConfiguration(place, body, build);
    } catch (error) {
      if (!hasCode(error, 'CONFIGURATION_CHANGED') || tries === mostTries) throw error;
    }
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof ApiError && error.code === code;
}

/** A stored configuration as it is saved again: values of variables stay where they are not sent. */
export function asInput(stored: BuildConfiguration): BuildConfigurationInput {
  const { source, autotest, rules, variables } = stored;
  return {
    source: { provider: source.provider, repository: source.repository },
    autotest,
    rules: rules.map(({ number: _number, ...rule }) => rule),
    variables: variables.map(({ name }) => ({ name })),
  };
}
