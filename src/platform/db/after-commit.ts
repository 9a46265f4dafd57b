/**
 * Runs what waited for a commit. One that throws keeps nobody from theirs, and does not make the
 * transaction look as though it had failed.
 */
export function runCallbacks(callbacks: readonly (() => void)[]): void {
  for (const callback of callbacks) {
    try {
      callback();
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }
}
