import { randomBytes, randomUUID } from 'node:crypto';
import type { Ids } from '#kernel';

export const systemIds: Ids = {
  uuid: () => randomUUID(),
  secret: (bytes) => randomBytes(bytes).toString('base64url'),
};
