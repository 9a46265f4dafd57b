/** What hosts sources. */
export const providerKinds = ['embedded'] as const;
export type ProviderKind = (typeof providerKinds)[number];

/** What a ref of a source is. */
export const refTypes = ['branch', 'tag'] as const;
export type RefType = (typeof refTypes)[number];

/** Why a source was looked at: a push, the timer, the server's start, a person. */
export const deliveryCauses = ['push', 'timer', 'start', 'manual'] as const;
export type DeliveryCause = (typeof deliveryCauses)[number];

/**
 * How far a delivery has come. `received`: it is kept, and nobody has looked yet. `recorded`: what it
 * changed is in the ref log. `done`: whoever listens has taken all of that up.
 */
export const deliveryStates = ['received', 'recorded', 'done'] as const;
export type DeliveryState = (typeof deliveryStates)[number];
