import type { Screen } from './screen.ts';

/** What every step of the demo works with. */
export interface Demo {
  readonly screen: Screen;
  readonly signal: AbortSignal;
  /** A folder of its own for data, credentials and the sample's clone; removed at the end. */
  readonly folder: string;
  /** Whatever is made is registered here in the moment it is made, and goes in reverse order. */
  readonly cleanUp: AsyncDisposableStack;
  readonly port: number;
  readonly administrator: Person;
  readonly user: Person;
}

export interface Person {
  readonly username: string;
  readonly password: string;
}

/** The repository of the sample, below the demo's user. */
export const sampleName = 'links';

export function serverUrl({ port }: Demo): string {
  return `http://localhost:${port}`;
}

/** `localhost:5000`: what stands in front of every image's name. */
export function registryHost({ port }: Demo): string {
  return `localhost:${port}`;
}

export function sampleRepository({ user }: Demo): string {
  return `${user.username}/${sampleName}`;
}
