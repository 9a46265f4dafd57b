import { defineErrors } from '#kernel';

export const sourcesErrors = defineErrors({
  SOURCE_UNKNOWN: 'there is no such source',
  SOURCE_TAKEN: 'there is a source of that name already',
  SOURCE_UNREADABLE: 'the refs of a source can not be read',
  SOURCE_BUSY: 'other servers kept observing the same source; the next observation mends it',
  GIT_FAILED: 'the git program is missing or failed',
});

export type SourcesErrorCode = (typeof sourcesErrors.codes)[number];
