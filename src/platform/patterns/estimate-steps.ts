/** What was read of a group so far: all of it but its last atom, which a repetition may follow. */
interface Group {
  readonly before: number;
  readonly last: number;
}

const empty: Group = { before: 0, last: 0 };

/**
 * About how many steps an RE2 expression compiles to, read from its text alone: repetitions multiply
 * what they repeat. What is no expression gives some number, too. Takes time linear in the text.
 */
export function estimateSteps(expression: string): number {
  const outer: Group[] = [];
  let group = empty;
  for (const [token] of expression.matchAll(tokenForm)) {
    if (token === '(') {
      outer.push(group);
      group = empty;
    } else if (token === ')') {
      group = withAtom(outer.pop() ?? empty, stepsOf(group) + 2);
    } else {
      group = withToken(group, token);
    }
  }
  return outer.reduceRight((steps, open) => steps + stepsOf(open), stepsOf(group));
}

/**
 * Escapes with braces of their own, quoted text, classes, repetitions, and else single characters.
 * What may be looked at in vain is bounded, so that no text is read over and over.
 */
const tokenForm =
  /\\[pPx]\{[^}]{0,40}\}|\\Q[^\\]*(?:\\E)?|\\[^]|\[\^?\]?(?:\[:\^?[a-z]{1,9}:\]|\\[^]|[^\]\\])*\]?|\{\d{1,4}(?:,\d{0,4})?\}|[^]/gu;

function withToken(group: Group, token: string): Group {
  if (token === '*' || token === '+' || token === '?') return { ...group, last: group.last + 1 };
  if (token.startsWith('{') && token.length > 1) return repeated(group, token);
  if (token.startsWith('\\Q')) return withAtom(group, token.length);
  return withAtom(group, 1);
}

function repeated({ before, last }: Group, token: string): Group {
  const most = Math.max(1, ...token.slice(1, -1).split(',').map(Number));
  return { before, last: most * (last + 1) };
}

function withAtom(group: Group, steps: number): Group {
  return { before: stepsOf(group), last: steps };
}

function stepsOf({ before, last }: Group): number {
  return before + last;
}
