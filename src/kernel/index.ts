/**
 * kernel: values without I/O, loadable by a browser. Digests, names, tags, media types, time, ids, the
 * one error class, and the closed vocabularies that the wire and the program share: what every other
 * room speaks in. Values are made by their parsers only, so holding a `Digest` or a `RepositoryName`
 * means that it was checked. Imports nothing.
 */
export * from './address-block.ts';
export * from './app-error.ts';
export * from './clock.ts';
export * from './digest.ts';
export * from './find-json-fault.ts';
export * from './ids.ts';
export * from './kernel-errors.ts';
export * from './media-type.ts';
export * from './optional-field.ts';
export * from './pause-after.ts';
export * from './repository-name.ts';
export * from './reserved-names.ts';
export * from './tag.ts';
export * from './words/access-words.ts';
export * from './words/action-words.ts';
export * from './words/attempt-id.ts';
export * from './words/build-words.ts';
export * from './words/header-names.ts';
export * from './words/source-words.ts';
