/** Why the demo can't go on, and what its user can do about it. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
  readonly remedy: string;

  constructor(message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.remedy = remedy;
  }
}
