import { expect, test } from 'vitest';
import { parseConfigurationFile } from './read-configuration.ts';

test('a configuration file gives settings as text', () => {
  const file = parseConfigurationFile('listen: 0.0.0.0:5000\nbuildMinutes: 30\nbuilder: false\n');

  expect(file).toEqual({ listen: '0.0.0.0:5000', buildMinutes: '30', builder: 'false' });
});

test('an empty file sets nothing', () => {
  expect(parseConfigurationFile('# nothing\n')).toEqual({});
});

test.each(['- a\n', 'listen:\n  host: x\n', 'just text'])(
  'a file of another form is refused with an example: %j',
  (text) => {
    expect(() => parseConfigurationFile(text)).toThrow(/one "setting: value" a line/);
  },
);

test('what is no YAML is told with its place', () => {
  expect(() => parseConfigurationFile('listen: "x')).toThrow(/no YAML: .*line 1/);
});
