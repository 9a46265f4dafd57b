import { readEnvironment } from './read-environment.ts';

/**
 * Whole names, no beginnings: next to `DOCKER_HOST` people keep `DOCKER_PASSWORD`. What is said in
 * no two programs alike stands once for each spelling.
 */
const inheritedNames: readonly string[] = `
  PATH HOME USER LOGNAME TMPDIR TZ
  LANG LANGUAGE LC_ALL LC_CTYPE LC_MESSAGES LC_TIME LC_COLLATE
  XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_CACHE_HOME XDG_STATE_HOME
  DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_API_VERSION
  DOCKER_TLS DOCKER_TLS_VERIFY DOCKER_CERT_PATH SSH_AUTH_SOCK
  HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY http_proxy https_proxy no_proxy all_proxy
  SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS NODE_USE_ENV_PROXY NODE_USE_SYSTEM_CA
`
  .trim()
  .split(/\s+/);

/**
 * What a program of this host that we start is given of our own environment: where things are, how
 * to reach Docker and the network, whom to trust. Never a setting of ours or another secret.
 */
export function toolEnvironment(
  environment: Readonly<Record<string, string | undefined>> = readEnvironment(),
): Readonly<Record<string, string>> {
  const given = inheritedNames.map((name) => [name, environment[name]] as const);
  return Object.fromEntries(
    given.filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}
