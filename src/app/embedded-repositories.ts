import type { Migration } from '#platform/db';

/**
 * A source of the embedded git host was its repository as well. The repositories keep the sources'
 * ids, by which their folders are called.
 */
export const embeddedRepositories: Migration = {
  name: '0002-embedded-repositories',
  statements: ({ givenSerials, continueSerial }) => [
    `insert into git_repository (id, name, created_at) ${givenSerials}
       select id, name, created_at from source where provider = 'embedded'`,
    ...continueSerial('git_repository'),
  ],
};
