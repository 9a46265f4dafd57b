import type { BuildConfigurationInput } from '#protocol';
import {
  asInput,
  type ConfigurationPlace,
  editConfiguration,
  readConfiguration,
} from '../build-config/edit-configuration.ts';

export type BuildVariables = NonNullable<BuildConfigurationInput['variables']>;

/** Saves the configuration with other variables; a variable without a value keeps the stored one. */
export async function changeVariables(
  place: ConfigurationPlace,
  change: (stored: BuildVariables) => BuildVariables,
): Promise<BuildVariables> {
  const saved = await editConfiguration(place, {
    read: readConfiguration,
    change: (stored) => {
      const input = asInput(stored);
      return { ...input, variables: change(input.variables ?? []) };
    },
  });
  return saved.variables.map(({ name }) => ({ name }));
}
