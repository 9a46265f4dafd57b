import type { Access as KitAccess } from '../kit/route.ts';
import type { SlipwayCaller } from './route.ts';

/** Who may call a route of Slipway's API. */
export type Access<Findings, Params> = KitAccess<SlipwayCaller, Params, Findings>;

export const anybody: Access<object, unknown> = { statement: 'anybody', isOpen: true };

/** Logging in replaces a credential, so one that has ended must not stand in its way. */
export const newcomers: Access<object, unknown> = { ...anybody, ignoresCredential: true };
