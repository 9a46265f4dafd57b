import { defineErrors } from '#kernel';

export const cliErrors = defineErrors({
  USAGE: 'the command line, or a file that it names, is wrong',
  NOT_LOGGED_IN: 'there is no credential for the server',
  CREDENTIALS_UNSAFE: 'the credentials file is damaged or open to other users',
});
