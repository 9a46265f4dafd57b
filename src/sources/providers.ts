import type { ProviderKind } from '#kernel';
import type { CloneAccess, Provider, ProviderCapabilities, RefSnapshot } from './provider.ts';
import type { SourceName } from './source.ts';
import { sourcesErrors } from './sources-errors.ts';

/** One provider a kind. */
export type Providers = Readonly<Record<ProviderKind, Provider>>;

/** See `ProviderCapabilities`; throws `PROVIDER_UNABLE` where the provider can't. */
export function readRefs(providers: Providers, source: SourceName): Promise<RefSnapshot> {
  return requirePart(providers, source, 'readRefs')(source.name);
}

/** Throws `PROVIDER_UNABLE` where the provider of the source can't tell where its refs point. */
export function assertReadsRefs(providers: Providers, source: SourceName): void {
  requirePart(providers, source, 'readRefs');
}

/** See `ProviderCapabilities`; throws `PROVIDER_UNABLE` where the provider can't. */
export function cloneAccess(providers: Providers, source: SourceName): Promise<CloneAccess> {
  return requirePart(providers, source, 'cloneAccess')(source.name);
}

type PartName = 'readRefs' | 'cloneAccess';

function requirePart<Name extends PartName>(
  providers: Providers,
  { provider, name }: SourceName,
  part: Name,
): NonNullable<ProviderCapabilities[Name]> {
  const found = providers[provider].capabilities[part];
  if (found !== undefined) return found;
  throw sourcesErrors.fail('PROVIDER_UNABLE', `${provider} is unable to ${words[part]} ${name}`, {
    detail: { provider, capability: part },
  });
}

const words: Readonly<Record<PartName, string>> = {
  readRefs: 'read the refs of',
  cloneAccess: 'give access to a clone of',
};
