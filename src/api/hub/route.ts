import type { Principal } from '#access';
import { atOldAddress, type Operation } from '#protocol';
import { type Route, routesFor } from '../kit/route.ts';

/** Who calls Docker Hub's API. */
export interface HubCaller {
  readonly principal: Principal;
}

export const { route, listRoute } = routesFor<HubCaller, 'numbered'>();

/** The route, and the same where older clients look for it. */
export function atBothAddresses(made: Route): readonly Route[] {
  const operation = atOldAddress(made.operation as Operation);
  return [made, { ...made, operation } as Route];
}
