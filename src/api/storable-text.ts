import { apiErrors } from './api-errors.ts';

/** Throws `VALIDATION_FAILED` for text with a NUL in it, wherever it stands: not every database takes it. */
export function assertStorable(value: unknown, field: string): void {
  if (typeof value === 'string' && value.includes('\0')) {
    throw apiErrors.fail('VALIDATION_FAILED', `${field}: remove the NUL character`, {
      detail: { field },
    });
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    assertStorable(part, field === '' ? name : `${field}.${name}`);
  }
}
