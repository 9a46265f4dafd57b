import { builderErrors } from '../../builder-errors.ts';

/** What the fake executor stands on, for tests to take away and to give back. */
export class FakeHost {
  /** Sandboxes stay as they are, whoever wants them gone. */
  keepsSandboxes = false;
  #isUp = true;
  readonly #sandboxes = new Set<() => void>();

  /** The engine ends, and what runs in sandboxes with it. */
  stop(): void {
    this.#isUp = false;
    for (const kill of this.#sandboxes) kill();
  }

  start(): void {
    this.#isUp = true;
  }

  /** Calls back when the engine ends, until disposed of. */
  watch(kill: () => void): Disposable {
    this.#sandboxes.add(kill);
    return { [Symbol.dispose]: () => void this.#sandboxes.delete(kill) };
  }

  /** Throws `EXECUTOR_UNAVAILABLE` while the engine is away. */
  requireEngine(): void {
    if (this.#isUp) return;
    throw builderErrors.fail('EXECUTOR_UNAVAILABLE', 'the fake engine does not answer; start it');
  }

  /** Why a sandbox can't be removed; `undefined` when it can. */
  get refusal(): string | undefined {
    if (!this.#isUp) return 'the fake engine does not answer';
    return this.keepsSandboxes ? 'the fake engine keeps it' : undefined;
  }
}
