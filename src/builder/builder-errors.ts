import { defineErrors } from '#kernel';

export const builderErrors = defineErrors({
  ATTEMPT_ENDED: 'the attempt has no rights any more: it ended, was canceled or was lost',
  EXECUTOR_UNAVAILABLE: 'the host lacks something that the executor needs',
  SANDBOX_FAILED: 'a sandbox could not be opened or its container engine did not start',
  SANDBOX_LOST: 'a sandbox ended while a command ran in it',
});
