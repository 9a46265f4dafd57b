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
  const { client, params, signal } = place;
  try {
    return await client.call(buildConfigurationOperations.show, { params, signal });
  } catch (error) {
    if (error instanceof ApiError && error.code === 'CONFIGURATION_UNKNOWN') return undefined;
    throw error;
  }
}

export function saveConfiguration(
  { client, params, signal }: ConfigurationPlace,
  body: BuildConfigurationInput,
  build = false,
) {
  const query = { build: build ? 'true' : 'false' } as const;
  return client.call(buildConfigurationOperations.save, { params, query, body, signal });
}

/** A stored configuration as it is saved again: values of variables stay where they are not sent. */
export function asInput(stored: BuildConfiguration): BuildConfigurationInput {
  const { source, autotest, rules, variables } = stored;
  return {
    source: { provider: source.provider, repository: source.repository },
    autotest,
    rules: rules.map(({ id: _id, ...rule }) => rule),
    variables: variables.map(({ name }) => ({ name })),
  };
}
