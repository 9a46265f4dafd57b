/**
 * kernel: values without I/O. Digests, names, tags, media types, time, ids and the one error class:
 * what every other room speaks in. Values are made by their parsers only, so holding a `Digest` or a
 * `RepositoryName` means that it was checked. Imports nothing.
 */
export * from './app-error.ts';
export * from './bounded-cache.ts';
export * from './clock.ts';
export * from './digest.ts';
export * from './ids.ts';
export * from './kernel-errors.ts';
export * from './media-type.ts';
export * from './repository-name.ts';
export * from './reserved-names.ts';
export * from './secret-box.ts';
export * from './tag.ts';
