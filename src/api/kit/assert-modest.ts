import { findJsonFault, type JsonFault } from '#kernel';
import { apiErrors } from '../api-errors.ts';
import type { BodyFormat } from './body-formats.ts';

/** A full batch of log lines has half as many. */
const limits = { depth: 32, values: 20_000 };

/**
 * Throws `VALIDATION_FAILED` for a body of more values, or deeper, than any operation asks for, and for
 * an object with one key twice: before anything is built from it, since what that costs grows with
 * them, and what a schema costs even more.
 */
export function assertModest(text: string, format: BodyFormat): void {
  const fault = format === 'json' ? findJsonFault(text, limits) : findFormFault(text);
  if (fault !== undefined) {
    throw apiErrors.fail('VALIDATION_FAILED', `the body is ${describe(fault)}`);
  }
}

function findFormFault(text: string): JsonFault | undefined {
  const fields = text.split('&', limits.values + 1);
  return fields.length > limits.values ? { kind: 'too-many-values' } : undefined;
}

function describe(fault: JsonFault): string {
  switch (fault.kind) {
    case 'too-deep':
      return `more than ${limits.depth} levels deep`;
    case 'too-many-values':
      return `of more than ${limits.values} values`;
    case 'duplicate-key':
      return `ambiguous: the key "${fault.key}" stands in it twice`;
  }
}
