import type { RegistryCall } from './http/registry-call.ts';

/** What everything that speaks of one repository needs. */
export interface RepositoryParts {
  readonly registry: URL;
  readonly name: string;
  readonly call: RegistryCall;
}
