import type { Principal } from '#access';
import { routesFor } from '../kit/route.ts';

/** Who calls Slipway's API. */
export interface SlipwayCaller {
  readonly principal: Principal;
  /** Who that is by now; `undefined` once the credential has lost its power. For answers that go on. */
  readonly renew: () => Promise<Principal | undefined>;
}

export const { route, listRoute, streamRoute } = routesFor<SlipwayCaller, 'keyset'>();
