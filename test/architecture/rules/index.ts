/** Everything that is refused, one concern a file. */
export { browsersCanLoadWhatIsTheirs } from './browser-rooms.ts';
export { doorsAreThin } from './doors.ts';
export { environmentIsConfiguration } from './environment.ts';
export { fileNamesSaySomething } from './file-names.ts';
export {
  importsFollowTheTable,
  packagesHaveOwners,
  relativeImportsStayInside,
  roomsUseTheirOwnFilesRelatively,
  testingDoorsAreForTests,
} from './imports.ts';
export { onlyAccessKnowsTheKindsOfPrincipals } from './principals.ts';
export { onlyTheCommandLineEndsTheProcess } from './process-end.ts';
export { nothingReachesAShell, programsAreGivenTheirEnvironment } from './processes.ts';
export { queriesStandInStores } from './queries.ts';
export { transactionsAwaitTheirQueries } from './transactions.ts';
