/** `{ [name]: value }`, or nothing where there is none: `...optionalField('reason', row.reason)`. */
export function optionalField<Name extends string, Value>(
  name: Name,
  value: Value | null | undefined,
): { readonly [Key in Name]?: Value } {
  const isThere = value !== null && value !== undefined;
  return (isThere ? { [name]: value } : {}) as { readonly [Key in Name]?: Value };
}
