/** Why the machine could not be made ready, and what its user can do about it. */
export class SetUpFailure extends Error {
  override readonly name = 'SetUpFailure';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}
