/**
 * What old tools wrote into commits and trees, and what git's own check (`git fsck`, "FSCK MESSAGES")
 * finds there: histories can't be changed, no program that builds reads it, and other hosts take it.
 * All else that git finds stays refused, above all names that write outside of a work tree.
 */
const harmlessOddities = [
  'badDate',
  'badDateOverflow',
  'badEmail',
  'badName',
  'badTimezone',
  'missingEmail',
  'missingNameBeforeEmail',
  'missingSpaceBeforeDate',
  'missingSpaceBeforeEmail',
  'multipleAuthors',
  'nulInCommit',
  'zeroPaddedDate',
  'zeroPaddedFilemode',
] as const;

/** Settings that let a push have them; a line for each object would tell its pusher nothing. */
export const harmlessOdditySettings: Readonly<Record<string, string>> = Object.fromEntries(
  harmlessOddities.map((id) => [`receive.fsck.${id}`, 'ignore']),
);
