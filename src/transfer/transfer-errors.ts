import { defineErrors } from '#kernel';

/**
 * What talking to another registry can end with. `detail` holds `registry` (its host) and, where it
 * answered, `status`, `registryCode` and `registryMessage`: its own words, shortened.
 */
export const transferErrors = defineErrors({
  REGISTRY_ADDRESS_INVALID: 'the address of a registry is no http or https origin',
  REGISTRY_ADDRESS_REFUSED: 'a name or a redirect leads where no connection may go',
  REGISTRY_UNREACHABLE: 'no connection to the registry, or it broke or fell silent',
  REGISTRY_BUSY: 'the registry asks to come again later; `retryAfterSeconds` says when, if it did',
  REGISTRY_FAILED: 'the registry says that something is wrong at its own side',
  REGISTRY_DENIED: 'the registry or its token service wants another credential, or forbids it',
  REGISTRY_REFUSED: 'the registry does not do what it was asked, whoever asks',
  REGISTRY_ANSWER_INVALID: 'the registry answered what the specification does not allow',
  REPOSITORY_UNKNOWN: 'the registry has no such repository, or does not show it',
  CONTENT_MISMATCH: 'what came is not what its digest or its size says',
});

export type TransferErrorCode = (typeof transferErrors.codes)[number];
