import { defineErrors } from '#kernel';

export const sourcesErrors = defineErrors({
  SOURCE_UNKNOWN: 'there is no such source',
  SOURCE_UNREADABLE: 'the refs of a source can not be read',
  SOURCE_BUSY: 'other servers kept observing the same source; the next observation mends it',
  PROVIDER_UNABLE: 'the provider of a source can not do what is asked',
  PROVIDER_FAILED: 'the provider of a source failed at what was asked',
});

export type SourcesErrorCode = (typeof sourcesErrors.codes)[number];
