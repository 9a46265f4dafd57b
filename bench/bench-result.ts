import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What one bench measured. Figures carry their unit in their name: `p99Milliseconds`. */
export interface BenchResult {
  readonly name: string;
  /** What was done, in a sentence. */
  readonly work: string;
  readonly figures: Readonly<Record<string, number>>;
  /** Of the process that did the work; absent where it could not be read. */
  readonly loopDelay?: LoopDelay;
}

export interface LoopDelay {
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly p999Milliseconds: number;
  readonly maxMilliseconds: number;
}

/** Measures how late the event loop runs its timers until `stop` is called. */
export function watchLoopDelay(): { stop(): LoopDelay } {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  const milliseconds = (nanoseconds: number) => Math.round(nanoseconds / 10_000) / 100;
  return {
    stop: () => {
      histogram.disable();
      return {
        p50Milliseconds: milliseconds(histogram.percentile(50)),
        p99Milliseconds: milliseconds(histogram.percentile(99)),
        p999Milliseconds: milliseconds(histogram.percentile(99.9)),
        maxMilliseconds: milliseconds(histogram.max),
      };
    },
  };
}

/** The value below which so many of a hundred lie. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const index = Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1);
  return Math.round((sorted[Math.max(0, index)] ?? 0) * 100) / 100;
}
