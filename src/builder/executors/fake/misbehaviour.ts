import type { PhaseName } from '#kernel';
import { phaseName } from '#protocol';

/** What a fake sandbox does wrong, and in which phase. */
export interface Misbehaviour {
  readonly failPhase?: PhaseName;
  /** 1 by default. */
  readonly failExitCode?: number;
  /** The phase never ends by itself. */
  readonly hangPhase?: PhaseName;
  readonly outOfMemoryPhase?: PhaseName;
  readonly outOfDiskPhase?: PhaseName;
  /** The sandbox vanishes while the phase runs. */
  readonly losePhase?: PhaseName;
  /** How long each phase takes. */
  readonly slowMilliseconds?: number;
}

/**
 * Misbehaviour as a build asks for it through its variables: `FAKE_FAIL_PHASE=test`,
 * `FAKE_FAIL_EXIT_CODE=3`, `FAKE_HANG_PHASE`, `FAKE_OUT_OF_MEMORY_PHASE`, `FAKE_OUT_OF_DISK_PHASE`,
 * `FAKE_LOSE_PHASE`, `FAKE_SLOW_MILLISECONDS`. The clone sees no variables: only the executor's own
 * options reach it. What is no phase or number is passed over.
 */
export function readMisbehaviour(
  environment: Readonly<Record<string, string>>,
  fallback: Misbehaviour,
): Misbehaviour {
  const asked = {
    failPhase: parsePhase(environment['FAKE_FAIL_PHASE']),
    failExitCode: parseCount(environment['FAKE_FAIL_EXIT_CODE']),
    hangPhase: parsePhase(environment['FAKE_HANG_PHASE']),
    outOfMemoryPhase: parsePhase(environment['FAKE_OUT_OF_MEMORY_PHASE']),
    outOfDiskPhase: parsePhase(environment['FAKE_OUT_OF_DISK_PHASE']),
    losePhase: parsePhase(environment['FAKE_LOSE_PHASE']),
    slowMilliseconds: parseCount(environment['FAKE_SLOW_MILLISECONDS']),
  };
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  return { ...fallback, ...Object.fromEntries(given) };
}

function parsePhase(text: string | undefined): PhaseName | undefined {
  return phaseName.safeParse(text).data;
}

function parseCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
