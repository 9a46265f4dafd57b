import { parse } from 'yaml';
import { AttemptFailure } from './attempt-failure.ts';

export interface TestFile {
  readonly name: string;
  /** Present for the oldest format, which today's compose refuses: the same in today's. */
  readonly converted?: Readonly<Record<string, unknown>>;
}

type Mapping = Readonly<Record<string, unknown>>;

/** Reading takes the builder's time, which it owes to others as well; people's files have a few kB. */
const longestFileCharacters = 200_000;

/**
 * Reads a compose file as far as running its test needs. Compose files of the first format have
 * services at the top level. Throws `configuration` for a file without the service `sut`. Pure.
 */
export function readTestFile(name: string, text: string): TestFile {
  if (text.length > longestFileCharacters) {
    throw wrong(name, 'is larger than 200 kB: keep data that tests need in files of its own');
  }
  const content = parseYaml(name, text);
  if (!isMapping(content)) throw wrong(name, 'is no compose file: it has no services');
  if ('services' in content || 'include' in content) {
    const services = isMapping(content['services']) ? content['services'] : {};
    if (!('sut' in services) && !('include' in content)) throw withoutSut(name);
    return { name };
  }
  if (!isMapping(content['sut'])) throw withoutSut(name);
  return { name, converted: { services: convertServices(content) } };
}

function parseYaml(name: string, text: string): unknown {
  try {
    // The check of keys takes the square of their number in time, and compose makes it itself.
    return parse(text, { merge: true, uniqueKeys: false, logLevel: 'error' });
  } catch (error) {
    const [firstLine = ''] = String(error instanceof Error ? error.message : error).split('\n');
    throw wrong(name, `is no valid YAML: ${firstLine}`);
  }
}

function convertServices(content: Mapping): Mapping {
  const services = Object.entries(content).filter(([, value]) => isMapping(value));
  return Object.fromEntries(
    services.map(([key, value]) => [key, convertService(value as Mapping)]),
  );
}

/** The keys that moved or got another name after the first format. */
function convertService(service: Mapping): Mapping {
  const { dockerfile, net, log_driver: driver, log_opt: options, ...kept } = service;
  return {
    ...kept,
    ...(dockerfile === undefined
      ? {}
      : { build: { context: service['build'] ?? '.', dockerfile } }),
    ...(net === undefined ? {} : { network_mode: net }),
    ...(driver === undefined && options === undefined ? {} : { logging: { driver, options } }),
  };
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutSut(name: string): AttemptFailure {
  return wrong(
    name,
    'has no service "sut": name the service that runs the tests so; its exit code decides',
  );
}

function wrong(name: string, problem: string): AttemptFailure {
  return new AttemptFailure('configuration', `${name} ${problem}`);
}
