import type { ImageContent } from '#transfer';
import { createFakeImage } from './fake-image.ts';
import { parseImageName } from './image-name.ts';
import { pushImage } from './push-image.ts';

export type Print = (text: string) => void;

/** Exit code of the container that `docker wait` is asked for, decided elsewhere. */
export interface EngineCall {
  readonly args: readonly string[];
  readonly print: Print;
  readonly testExitCode: number;
}

/**
 * A container engine that only acts as if: it knows which images there are, and its `push` sends a
 * real, tiny image. Understands the commands that phases use, and no others.
 */
export class FakeEngine {
  readonly #gatewayPort: number;
  readonly #sandboxId: string;
  readonly #images = new Map<string, ImageContent>();

  constructor(options: { readonly gatewayPort: number; readonly sandboxId: string }) {
    this.#gatewayPort = options.gatewayPort;
    this.#sandboxId = options.sandboxId;
  }

  /** Runs `docker` with these arguments and gives its exit code. */
  async run({ args, print, testExitCode }: EngineCall): Promise<number> {
    const [command, ...rest] = args;
    if (command === 'build') return this.#build(rest, print);
    if (command === 'tag') return this.#tag(rest, print);
    if (command === 'push') return this.push(rest[0] ?? '', print);
    if (command === 'image') return this.#inspect(rest, print);
    if (command === 'logs') return answer(print, 'fake: the tests of sut ran');
    if (command === 'wait') return answer(print, String(testExitCode));
    if (command === 'compose') return compose(rest, print);
    return answer(print, `docker ${command} is not played by the fake executor`, 1);
  }

  /** Makes an image of this name, as a build does. */
  make(name: string): void {
    const build = String(this.#images.size + 1);
    const labels = { 'fake.sandbox': this.#sandboxId, 'fake.build': build };
    this.#images.set(key(name), createFakeImage(labels));
  }

  async push(name: string, print: Print): Promise<number> {
    const image = this.#images.get(key(name));
    if (image === undefined) return answer(print, `tag does not exist: ${name}`, 1);
    try {
      await pushImage(this.#gatewayPort, parseImageName(name), image);
    } catch (error) {
      return answer(print, error instanceof Error ? error.message : String(error), 1);
    }
    return answer(
      print,
      `${parseImageName(name).tag}: digest: ${image.manifest.descriptor.digest}`,
    );
  }

  #build(args: readonly string[], print: Print): number {
    const names = args.filter((_, index) => args[index - 1] === '--tag');
    for (const name of names) this.make(name);
    return answer(print, '#1 [internal] load build definition\n#1 DONE 0.0s');
  }

  #tag([from = '', to = '']: readonly string[], print: Print): number {
    const image = this.#images.get(key(from));
    if (image === undefined) return answer(print, `no such image: ${from}`, 1);
    this.#images.set(key(to), image);
    return 0;
  }

  #inspect(args: readonly string[], print: Print): number {
    const name = args.at(-1) ?? '';
    const image = this.#images.get(key(name));
    if (image === undefined) return answer(print, `no such image: ${name}`, 1);
    return answer(print, image.manifest.descriptor.digest);
  }
}

function compose(args: readonly string[], print: Print): number {
  if (args.includes('ps')) print('fake-sut\n');
  // The real one may miss that a container ends, and follow it for ever.
  if (args.includes('--follow')) return answer(print, 'compose follows nothing to its end', 1);
  return 0;
}

function answer(print: Print, text: string, exitCode = 0): number {
  print(`${text}\n`);
  return exitCode;
}

function key(name: string): string {
  const { host, repository, tag } = parseImageName(name);
  return `${host}/${repository}:${tag}`;
}
