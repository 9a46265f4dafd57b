import type { Admission as KitAdmission } from '../kit/route.ts';
import type { SlipwayCaller } from './route.ts';

/** Who may call a route of Slipway's API. */
export type Admission<Findings, Params> = KitAdmission<SlipwayCaller, Params, Findings>;

export const anybody: Admission<object, unknown> = { statement: 'anybody', isOpen: true };

/** Logging in replaces a credential, so one that has ended must not stand in its way. */
export const newcomers: Admission<object, unknown> = { ...anybody, ignoresCredential: true };
