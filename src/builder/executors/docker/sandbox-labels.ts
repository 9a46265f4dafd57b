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
