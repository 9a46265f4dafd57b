/** A text as part of a pattern that takes it as it is, written `like ? escape '\'`. */
export function likeLiterally(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
