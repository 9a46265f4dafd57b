import { defineErrors } from '#kernel';

export const buildsErrors = defineErrors({
  RULE_INVALID: 'a build rule can not be used as it is; the detail names rule and field',
  VARIABLE_INVALID: 'a build variable has no usable name, is given twice or has no value yet',
  CONFIGURATION_UNKNOWN: 'the repository has no build configuration',
  CONFIGURATION_CHANGED: 'the configuration is not of the version that is to be changed',
  RULE_UNKNOWN: 'the configuration has no rule of that number',
  BUILD_UNKNOWN: 'there is no build of that id',
  ATTEMPT_UNKNOWN: 'the build has no attempt of that number',
  REF_UNKNOWN: 'the source has no branch or tag of that name',
  BUILD_STATE: 'the build is not in a state that allows this',
  QUEUE_FULL: 'the namespace has as many waiting builds as it may have',
  ATTEMPT_ENDED: 'the attempt was canceled, lost or finished and has no rights any more',
  CONNECTION_CLOSED: 'the connection of a builder was replaced or given up',
  LOG_GAP: 'a batch of log lines does not follow the lines that are there',
  DENIED: 'the attempt may not push any more; spelled as the OCI specification does',
});

export type BuildsErrorCode = (typeof buildsErrors.codes)[number];
