/** platform/cache: what was loaded a moment ago, bounded in number and in age. */
export { BoundedCache, type BoundedCacheOptions } from './bounded-cache.ts';
