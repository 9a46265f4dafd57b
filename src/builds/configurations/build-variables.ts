import type { SecretBox } from '#platform/crypto';
import type { WriteTransaction } from '#platform/db';
import type { VariableInput } from './configuration.ts';
import { listVariables, replaceVariables, type SealedVariable } from './configuration-store.ts';
import { assertFitTogether, assertVariables } from './variable-policy.ts';

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
  // What is sealed may not be opened any more; sealing makes a value somewhat longer, never shorter.
  assertFitTogether(sealed.map(({ name, sealedValue }) => name.length + bytesOf(sealedValue)));
  await replaceVariables(tx, repositoryId, sealed);
}

/** Of what a text in base64 stands for. */
function bytesOf(base64: string): number {
  return Math.floor((base64.length * 3) / 4);
}

interface VariablesInput {
  readonly repositoryId: number;
  readonly variables: readonly VariableInput[];
}
