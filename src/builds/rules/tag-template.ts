import { isTag } from '#kernel';
import { ruleProblem } from './build-rule.ts';

/** One entry of a rule's docker tags: plain text with values of the ref in between. */
export type TagTemplate = readonly TemplatePart[];

type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly name: ValueName }
  | { readonly kind: 'group'; readonly number: number };

const valueNames = ['sourceref', 'commit', 'short_commit', 'date'] as const;
type ValueName = (typeof valueNames)[number];

/** What a template may refer to. */
export interface TagValues extends Readonly<Record<ValueName, string>> {
  readonly groups: readonly string[];
}

const mostTags = 20;
const longestText = 1_000;
/** More than a tag may have, so that what is cut is no tag. */
const longestResolved = 200;
const placeholder = /\{([^{}]*)\}/g;

/**
 * The templates of a comma-separated list, spaces trimmed. Throws `RULE_INVALID` for the field
 * `dockerTags` where a template refers to what is not there or can never give a valid tag.
 */
export function parseTagTemplates(dockerTags: string, groups: number): readonly TagTemplate[] {
  if (dockerTags.length > longestText) {
    throw ruleProblem('dockerTags', `use at most ${longestText} characters`);
  }
  const entries = dockerTags.split(',').map((entry) => entry.trim());
  if (entries.some((entry) => entry === '')) {
    throw ruleProblem(
      'dockerTags',
      'write one tag or several separated by commas, none of them empty',
    );
  }
  if (entries.length > mostTags) throw ruleProblem('dockerTags', `use at most ${mostTags} tags`);
  return entries.map((entry) => parseTemplate(entry, groups));
}

function parseTemplate(entry: string, groups: number): TagTemplate {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const found of entry.matchAll(placeholder)) {
    if (found.index > end) parts.push({ kind: 'text', text: entry.slice(end, found.index) });
    parts.push(parsePlaceholder(found[1] ?? '', groups));
    end = found.index + found[0].length;
  }
  if (end < entry.length) parts.push({ kind: 'text', text: entry.slice(end) });
  assertCanBeTag(entry, parts);
  return parts;
}

function parsePlaceholder(inner: string, groups: number): TemplatePart {
  const name = valueNames.find((known) => known === inner);
  if (name !== undefined) return { kind: 'value', name };
  const number = /^\\([1-9])$/.exec(inner)?.[1];
  if (number === undefined) {
    throw ruleProblem(
      'dockerTags',
      `{${inner}} means nothing; use {sourceref}, {\\1} to {\\9}, {commit}, {short_commit} or {date}`,
    );
  }
  if (Number(number) > groups) throw ruleProblem('dockerTags', missingGroup(number, groups));
  return { kind: 'group', number: Number(number) };
}

function missingGroup(number: string, groups: number): string {
  if (groups > 0) return `{\\${number}} refers to a group, and the source has only ${groups}`;
  return `{\\${number}} refers to a group; make the source a /regex/ with parentheses`;
}

/** Tries the template with values as harmless as they come. */
function assertCanBeTag(entry: string, template: TagTemplate): void {
  const harmless = {
    sourceref: 'x',
    commit: 'x'.repeat(40),
    short_commit: 'xxxxxxx',
    date: '20260101',
  };
  const tag = resolveTemplate(template, {
    ...harmless,
    groups: Array.from({ length: 9 }, () => 'x'),
  });
  if (isTag(tag)) return;
  throw ruleProblem(
    'dockerTags',
    `${entry} can not be a tag: use up to 128 letters, digits, _ . or -, and begin with none of . and -`,
  );
}

const notInTags = /[^A-Za-z0-9_.-]/g;

/**
 * The text that a template gives. It may still be no valid tag: an empty group, a leading dash. What
 * is far too long for one is cut, however often a template names a long ref.
 */
export function resolveTemplate(template: TagTemplate, values: TagValues): string {
  let text = '';
  for (const part of template) {
    text += resolvePart(part, values);
    if (text.length > longestResolved) return `${text.slice(0, longestResolved)}…`;
  }
  return text;
}

function resolvePart(part: TemplatePart, values: TagValues): string {
  if (part.kind === 'text') return part.text;
  const value = part.kind === 'value' ? values[part.name] : (values.groups[part.number - 1] ?? '');
  return value.replaceAll(notInTags, '-');
}
