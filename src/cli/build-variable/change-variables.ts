import { type BuildConfigurationInput, buildConfigurationOperations } from '#protocol';
import {
  asInput,
  type ConfigurationPlace,
  saveConfiguration,
} from '../build-config/edit-configuration.ts';

export type BuildVariables = NonNullable<BuildConfigurationInput['variables']>;

/** Saves the configuration with other variables; a variable without a value keeps the stored one. */
export async function changeVariables(
  place: ConfigurationPlace,
  change: (stored: BuildVariables) => BuildVariables,
): Promise<BuildVariables> {
  const { client, params, signal } = place;
  const stored = asInput(await client.call(buildConfigurationOperations.show, { params, signal }));
  const variables = change(stored.variables ?? []);
  const saved = await saveConfiguration(place, { ...stored, variables });
  return saved.variables.map(({ name }) => ({ name }));
}
