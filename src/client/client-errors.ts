import { defineErrors } from '#kernel';

/** What keeps a call from getting an answer of the API at all; answers that refuse are `ApiError`s. */
export const clientErrors = defineErrors({
  SERVER_UNREACHABLE: 'no connection to the server, or it broke before the answer came',
  ANSWER_INVALID: 'the server answered something that this version does not understand',
  SERVER_ADDRESS_INVALID: 'the address of the server is no http or https address',
});
