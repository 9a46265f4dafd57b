import type { z } from 'zod';
import { apiErrors } from '../api-errors.ts';
import { fieldsRefusal } from './fields-refusal.ts';

/** A part of a request, as messages call it where no field has a name. */
export type InputPlace = 'the path' | 'the query' | 'the body';

/** The value as the schema gives it. Throws `VALIDATION_FAILED`, which names the fields. */
export function checkInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  { place, takesNul = false }: { readonly place: InputPlace; readonly takesNul?: boolean },
): z.output<Schema> {
  const checked = schema.safeParse(value);
  if (!checked.success) throw fieldsRefusal(checked.error.issues, place);
  if (!takesNul) assertStorable(checked.data, '');
  return checked.data;
}

/** Throws for text with a NUL in it, wherever it stands: not every database takes it. */
function assertStorable(value: unknown, field: string): void {
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
