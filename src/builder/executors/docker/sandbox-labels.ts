import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** How a sandbox's parts are named and found again, by this life of the builder or the next. */
export const ownerLabel = 'slipway.owner';
export const sandboxLabel = 'slipway.sandbox';

export function labelsOf(sandbox: { readonly id: string; readonly owner: string }) {
  return [`${ownerLabel}=${sandbox.owner}`, `${sandboxLabel}=${sandbox.id}`];
}

/** Container, network and volume of one sandbox share a name: they are of different kinds. */
export function partName(id: string): string {
  return `slipway-${id}`;
}

/** What this host keeps of an owner's sandboxes: owners are any text, so it is named by their hash. */
export function ownerFolder(stateFolder: string, owner: string): string {
  return join(stateFolder, createHash('sha256').update(owner).digest('hex').slice(0, 16));
}
