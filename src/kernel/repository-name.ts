import { kernelErrors } from './kernel-errors.ts';
import { isReservedName, isTakenByTheServer } from './reserved-names.ts';

declare const brand: unique symbol;

/** The name of a user or an organization: the first component of its repositories' names. */
export type NamespaceName = string & { readonly [brand]: 'NamespaceName' };

/** `namespace/name`, or deeper: `namespace/a/b`. At most 255 characters. */
export type RepositoryName = string & { readonly [brand]: 'RepositoryName' };

/** One path component (OCI distribution spec, "Pulling manifests", `<name>`). */
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const longestName = 255;

/** Throws `NAME_INVALID` for anything that can't be a namespace, reserved names included. */
export function parseNamespaceName(text: string): NamespaceName {
  return parseUnreserved(text, isReservedName);
}

/** As `parseNamespaceName`, for the first administrator, who may be called `admin`. */
export function parseOperatorName(text: string): NamespaceName {
  return parseUnreserved(text, isTakenByTheServer);
}

function parseUnreserved(text: string, isReserved: (name: string) => boolean): NamespaceName {
  if (text.length < 2 || text.length > 100 || !component.test(text)) {
    throw kernelErrors.fail(
      'NAME_INVALID',
      'a namespace has 2 to 100 lower-case letters and digits, with single . _ or - between them',
      { detail: { name: text.slice(0, 120) } },
    );
  }
  if (isReserved(text)) {
    throw kernelErrors.fail('NAME_INVALID', `the name ${text} is reserved; choose another`, {
      detail: { name: text },
    });
  }
  return text as NamespaceName;
}

/**
 * Throws `NAME_INVALID` unless the text is `namespace/name` with the components that the OCI
 * specification allows. System namespaces such as `library` are names like any other here.
 */
export function parseRepositoryName(text: string): RepositoryName {
  if (!parseForeignName(text).includes('/')) {
    throw kernelErrors.fail(
      'NAME_INVALID',
      `a repository name needs a namespace: use <namespace>/${text} instead of ${text}`,
      { detail: { name: text } },
    );
  }
  return text as RepositoryName;
}

/** As `parseRepositoryName`, for repositories of other registries, which may do without a namespace. */
export function parseForeignName(text: string): string {
  const components = text.split('/');
  if (text.length <= longestName && components.every((part) => component.test(part))) return text;
  throw kernelErrors.fail(
    'NAME_INVALID',
    'a repository name has lower-case letters and digits with . _ - between them and / between its parts',
    { detail: { name: text.slice(0, longestName) } },
  );
}

export function namespaceOf(name: RepositoryName): NamespaceName {
  return name.slice(0, name.indexOf('/')) as NamespaceName;
}
