/** What the exit code of the program means; `docs/cli.md` says the same. */
export const exitCodes = {
  ok: 0,
  /** What was asked for failed: a build that failed or was canceled, a refusal of the server. */
  failed: 1,
  /** The command line or a file that it names is wrong. */
  usage: 2,
  /** Not logged in, or not allowed. */
  forbidden: 3,
  notFound: 4,
  unreachable: 5,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
