import type { SecretBox } from '#platform/crypto';
import type { WriteTransaction } from '#platform/db';
import type { VariableInput } from './configuration.ts';
import { listVariables, replaceVariables, type SealedVariable } from './configuration-store.ts';
import { assertVariables } from './variable-policy.ts';

/** A build environment variable. Its value is a secret: what is stored of it is sealed. */
export interface BuildVariable {
  readonly name: string;
  readonly value: string;
}

export function openVariables(
  secretBox: SecretBox,
  stored: readonly SealedVariable[],
): readonly BuildVariable[] {
  return stored.map(({ name, sealedValue }) => ({ name, value: secretBox.open(sealedValue) }));
}

/** Makes the variables these; one without a value keeps what is stored. Throws `VARIABLE_INVALID`. */
export async function saveVariables(
  tx: WriteTransaction,
  secretBox: SecretBox,
  { repositoryId, variables }: VariablesInput,
): Promise<void> {
  const rows = await listVariables(tx, repositoryId);
  const stored = new Map(rows.map(({ name, sealedValue }) => [name, sealedValue]));
  assertVariables(variables, [...stored.keys()]);
  const sealed = variables.map(({ name, value }) => ({
    name,
    sealedValue: value === undefined ? (stored.get(name) ?? '') : secretBox.seal(value),
  }));
  await replaceVariables(tx, repositoryId, sealed);
}

interface VariablesInput {
  readonly repositoryId: number;
  readonly variables: readonly VariableInput[];
}
