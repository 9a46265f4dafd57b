import { apiPrefixes } from '#protocol';
import type { Style } from '../kit/style.ts';
import { slipwayStyle } from '../slipway/slipway-style.ts';

/** As Slipway's own API; a builder of a newer version may say more than this server knows. */
export const builderStyle: Style<'keyset'> = {
  ...slipwayStyle,
  prefix: apiPrefixes.builder,
  unknownFields: 'ignored',
};
