import { defineErrors } from '#kernel';

export const sourcesErrors = defineErrors({
  SOURCE_UNKNOWN: 'there is no such source',
  SOURCE_UNREADABLE: 'the refs of a source can not be read',
  LOOK_FAILED: 'a look at a source failed; it is tried again',
  PROVIDER_UNABLE: 'the provider of a source can not do what is asked',
  PROVIDER_FAILED: 'the provider of a source failed at what was asked',
});

export type SourcesErrorCode = (typeof sourcesErrors.codes)[number];
