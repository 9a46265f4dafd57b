import {
  defineErrors,
  parseRepositoryName,
  type RegistryAction,
  type RepositoryName,
  registryActions,
} from '#kernel';

export const tokenRequestErrors = defineErrors({
  SCOPE_INVALID: 'a scope is not of the form type:name:actions, or there are too many',
  SERVICE_UNKNOWN: 'a token is asked for a registry that this server is not',
  GRANT_TYPE_UNSUPPORTED: 'an OAuth2 request asks for a grant that this server does not give',
  PARAMETER_MISSING: 'an OAuth2 request lacks a parameter',
});

export type TokenRequestErrorCode = (typeof tokenRequestErrors.codes)[number];

/** What a client would like to do with one repository. */
export interface WantedAccess {
  readonly name: RepositoryName;
  readonly actions: readonly RegistryAction[];
}

const mostScopes = 100;

/**
 * Type and actions of a scope; the name between them may hold colons (a port), actions never do. A type
 * may name a class, which changes nothing: `repository(plugin)` is what Docker asks for to push plugins.
 */
const scopeForm = /^([a-z0-9]+)(?:\([a-z0-9]+\))?:(\P{Cc}+):([a-z*]*(?:,[a-z*]+)*)$/u;

/**
 * Reads scopes as Docker's token specification writes them, each name once. Types, names and actions
 * that mean nothing here are left out, since a token may always grant less than was asked for.
 * Throws `SCOPE_INVALID` for what is no scope at all.
 */
export function parseScopes(texts: readonly string[]): readonly WantedAccess[] {
  const scopes = texts.flatMap((text) => text.split(' ')).filter((text) => text !== '');
  if (scopes.length > mostScopes) {
    throw tokenRequestErrors.fail('SCOPE_INVALID', `ask for at most ${mostScopes} scopes at once`);
  }
  const wanted = new Map<RepositoryName, Set<RegistryAction>>();
  for (const { name, actions } of scopes.flatMap(parseScope)) {
    const known = wanted.get(name) ?? new Set();
    wanted.set(name, known.union(new Set(actions)));
  }
  return [...wanted].map(([name, actions]) => ({ name, actions: [...actions] }));
}

function parseScope(text: string): readonly WantedAccess[] {
  const match = scopeForm.exec(text);
  if (match === null) {
    throw tokenRequestErrors.fail(
      'SCOPE_INVALID',
      'a scope has the form repository:<namespace>/<name>:pull,push',
      { detail: { scope: text.slice(0, 300) } },
    );
  }
  const [, type, nameText = '', actionsText = ''] = match;
  const name = type === 'repository' ? repositoryNameOf(nameText) : undefined;
  return name === undefined ? [] : [{ name, actions: parseActions(actionsText.split(',')) }];
}

/** A name that can't exist has nothing to grant; the registry says what is wrong with it. */
function repositoryNameOf(text: string): RepositoryName | undefined {
  try {
    return parseRepositoryName(text);
  } catch {
    return undefined;
  }
}

/** `*` is what older clients ask for to delete. */
function parseActions(words: readonly string[]): readonly RegistryAction[] {
  if (words.includes('*')) return registryActions;
  return registryActions.filter((action) => words.includes(action));
}
