/** What is known of a fetch that failed. */
export interface FailedFetch {
  /** What git and its transports said. */
  readonly output: string;
  /** Whether the build has a key for SSH. */
  readonly hasKey: boolean;
}

interface Trouble {
  readonly signs: RegExp;
  /** What it was and what to do, in half a sentence; `what` is what the signs caught. */
  readonly explain: (what: string, hasKey: boolean) => string;
}

/**
 * By what fails first on the way to a repository: a name, a connection, trust, a log-in, the
 * repository, the commit. Later complaints follow from earlier ones, so that the first one counts.
 */
const troubles: readonly Trouble[] = [
  {
    signs: /transport '([^']{1,40})' not allowed/,
    explain: (transport) =>
      `builds fetch nothing by "${transport}"; give its address as https://… or ssh://…`,
  },
  {
    signs: /could not resolve host(?:name)?:?\s+([^\s:;,]{1,253})/i,
    explain: (host) =>
      `there is no host ${host} as far as builds can tell; correct the address, or have the name servers of the builder's machine know it`,
  },
  {
    signs:
      /(?:failed to connect to|connect to host|couldn't connect to server|could not connect to)\s*([^\s:]{0,253})/i,
    explain: (host) =>
      `${host || 'its host'} takes no connection; see that it is up, and if it is in a private network, open that to builds with SLIPWAY_BUILDER_ALLOW`,
  },
  {
    signs: /host key verification failed|remote host identification has changed/i,
    explain: (_, hasKey) =>
      hasKey
        ? 'its host shows another key than before; see that the address leads where it should'
        : 'builds know no SSH host without a key; put one that may read it into the build environment variable SSH_PRIVATE',
  },
  {
    signs: /permission denied \((?:publickey|password|keyboard)/i,
    explain: (_, hasKey) =>
      hasKey
        ? 'its host does not take the key in SSH_PRIVATE; let that key read it there'
        : 'its host wants a key; put one that may read it into the build environment variable SSH_PRIVATE',
  },
  {
    signs: /certificate|unable to get local issuer|SSL connect error/i,
    explain: () =>
      'its host has a certificate of nobody whom builds trust; name the authority with SLIPWAY_BUILDER_EXTRA_CA',
  },
  {
    signs: /could not read Username|authentication failed|returned error: 40[13]|HTTP 40[13]/i,
    explain: () =>
      'its host wants a log-in, which builds do not have over HTTP; give its address as ssh://… and a key in the build environment variable SSH_PRIVATE',
  },
  {
    signs: /repository '?([^'\s]{1,300})'? not found|repository not found|returned error: 404/i,
    explain: (address) =>
      `${withoutPerson(address) || 'its address'} leads to nothing that this build may read; of this server that is the source itself and the other repositories of its namespace, and a private one elsewhere takes an ssh://… address and a key in SSH_PRIVATE`,
  },
  {
    signs: /does not appear to be a git repository/i,
    explain: () => 'there is no git repository at its address; correct that',
  },
  {
    signs: /not our ref|unadvertised object|did not contain|couldn't find remote ref/i,
    explain: () => 'the commit that is named is not there; push it there',
  },
];

/** People write credentials into addresses. */
function withoutPerson(address: string): string {
  return address.replace(/\/\/[^/@]*@/, '//');
}

/** Why a fetch failed and what to do, to follow a colon; `undefined` for what is not known. Pure. */
export function explainFetch({ output, hasKey }: FailedFetch): string | undefined {
  for (const { signs, explain } of troubles) {
    const found = signs.exec(output);
    if (found !== null) return explain(found[1] ?? '', hasKey);
  }
  return undefined;
}
