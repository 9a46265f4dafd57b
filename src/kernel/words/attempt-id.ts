/** `41-2`: the second attempt of build 41. */
export interface AttemptNumber {
  readonly buildId: number;
  /** 1 for the first try: the fence. */
  readonly number: number;
}

export const attemptIdForm = /^([1-9]\d{0,14})-([1-9]\d{0,8})$/;

export function formatAttemptId({ buildId, number }: AttemptNumber): string {
  return `${buildId}-${number}`;
}

/** `undefined` for text that names no attempt. */
export function parseAttemptId(text: string): AttemptNumber | undefined {
  const found = attemptIdForm.exec(text);
  return found === null ? undefined : { buildId: Number(found[1]), number: Number(found[2]) };
}
