import type { Principal } from '#access';
import { routesFor } from '../kit/route.ts';

/** Who calls Slipway's API. */
export interface SlipwayCaller {
  readonly principal: Principal;
}

export const { route, listRoute, streamRoute } = routesFor<SlipwayCaller, 'keyset'>();
