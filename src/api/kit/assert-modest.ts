import { apiErrors } from '../api-errors.ts';

/** A full batch of log lines has half as many. */
const mostParts = 20_000;
const deepest = 32;

/**
 * Throws `VALIDATION_FAILED` for a value of more parts, or deeper, than any operation asks for: what
 * a schema costs grows with them, and with every one that is wrong.
 */
export function assertModest(value: unknown): void {
  let count = 0;
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) throw refuse(`more than ${deepest} levels deep`);
    const below: unknown[] = [];
    for (const whole of level) {
      const parts = partsOf(whole);
      count += parts.length;
      if (count > mostParts) throw refuse(`of more than ${mostParts} values`);
      for (const part of parts) below.push(part);
    }
    level = below;
  }
}

function partsOf(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value) ? value : Object.values(value);
}

function refuse(what: string) {
  return apiErrors.fail('VALIDATION_FAILED', `the body is ${what}`);
}
