import { defineErrors } from './app-error.ts';

/** What a value itself can be guilty of. The first three are spelled as the OCI specification does. */
export const kernelErrors = defineErrors({
  DIGEST_INVALID: 'a digest is not algorithm:hex with a known algorithm and the right length',
  NAME_INVALID: 'a repository or namespace name breaks the naming rules',
  TAG_INVALID: 'a tag has characters or a length that the specification does not allow',
  MEDIA_TYPE_INVALID: 'a media type is not of the form type/subtype',
});

export type KernelErrorCode = (typeof kernelErrors.codes)[number];
