import { expect, test } from 'vitest';
import { PatternMemory } from './pattern-memory.ts';

function recordingMemory(options: { mostPatterns: number; mostSteps: number }) {
  const compiled: string[] = [];
  const memory = new PatternMemory<{ readonly steps: number }>(options);
  const get = (expression: string, steps = 1) =>
    memory.get(expression, () => {
      compiled.push(expression);
      return { steps };
    });
  return { compiled, get };
}

test('a pattern is compiled once', () => {
  const { compiled, get } = recordingMemory({ mostPatterns: 9, mostSteps: 9 });

  const both = [get('a'), get('a')];

  expect(compiled).toEqual(['a']);
  expect(both[0]).toBe(both[1]);
});

test('past their number the one that was used longest ago goes', () => {
  const { compiled, get } = recordingMemory({ mostPatterns: 2, mostSteps: 9 });

  for (const expression of ['a', 'b', 'a', 'c', 'a', 'b']) get(expression);

  expect(compiled).toEqual(['a', 'b', 'c', 'b']);
});

test('past their size as many go as it takes', () => {
  const { compiled, get } = recordingMemory({ mostPatterns: 9, mostSteps: 10 });

  get('a', 4);
  get('b', 4);
  get('large', 10);
  for (const expression of ['large', 'a', 'b']) get(expression);

  expect(compiled).toEqual(['a', 'b', 'large', 'a', 'b']);
});

test('what can not be compiled is not remembered', () => {
  const memory = new PatternMemory<{ readonly steps: number }>({ mostPatterns: 9, mostSteps: 9 });
  const fail = () => {
    throw new Error('no expression');
  };

  expect(() => memory.get('(', fail)).toThrow('no expression');
  expect(memory.get('(', () => ({ steps: 1 }))).toEqual({ steps: 1 });
});
