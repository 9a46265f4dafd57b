import { buildVariableLimits, reservedBuildVariables } from '#kernel';
import { buildsErrors } from '../builds-errors.ts';
import type { ConfigurationInput } from './configuration.ts';

const { nameForm, mostVariables, largestValueBytes, largestTotalBytes } = buildVariableLimits;
const reserved: ReadonlySet<string> = new Set(reservedBuildVariables);

/** Throws `VARIABLE_INVALID` with the name that is wrong and why. Values are never part of it. */
export function assertVariables(
  variables: ConfigurationInput['variables'],
  storedNames: readonly string[],
): void {
  if (variables.length > mostVariables) throw invalid('', `there are at most ${mostVariables}`);
  const seen = new Set<string>();
  for (const { name, value } of variables) {
    if (!nameForm.test(name)) {
      throw invalid(name, 'names have letters, digits and _, and begin with no digit');
    }
    if (reserved.has(name)) {
      throw invalid(name, 'every build sets it to what it builds, over yours; take another name');
    }
    if (seen.has(name)) throw invalid(name, 'it is given twice; remove one');
    if (value === undefined && !storedNames.includes(name)) {
      throw invalid(name, 'it has no value yet; give one');
    }
    if (Buffer.byteLength(value ?? '') > largestValueBytes) {
      throw invalid(name, `a value has at most ${largestValueBytes} bytes`);
    }
    if (value?.includes('\0')) throw invalid(name, 'a value can not hold a zero byte');
    seen.add(name);
  }
}

/** Throws `VARIABLE_INVALID` when the variables are too much to start a program with. */
export function assertFitTogether(sizesInBytes: readonly number[]): void {
  const total = sizesInBytes.reduce((sum, size) => sum + size, 0);
  if (total <= largestTotalBytes) return;
  throw invalid('', `names and values have at most ${largestTotalBytes} bytes together`);
}

function invalid(name: string, problem: string) {
  const label = name === '' ? 'build variables' : `build variable ${name.slice(0, 130)}`;
  return buildsErrors.fail('VARIABLE_INVALID', `${label}: ${problem}`, {
    detail: { field: 'variables', name: name.slice(0, 130) },
  });
}
