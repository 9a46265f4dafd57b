/**
 * platform/schedule: what happens by the clock, and how to wait. Duties run each in a loop of its own,
 * and work on each item by itself: whatever throws is told, rests, and stops nothing else. A waiter
 * waits until it is woken, else until it is time to look again. What is long is gone through in slices.
 */
export type { Duty } from './duty.ts';
export { inSlices } from './in-slices.ts';
export { type ItemDuty, itemDuty } from './item-duty.ts';
export { paged } from './paged.ts';
export { Schedule, type ScheduleOptions } from './schedule.ts';
export { type Subscribe, Waiter } from './waiter.ts';
