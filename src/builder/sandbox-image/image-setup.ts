import type { GatewayNames } from '../executor.ts';
import { planGateway } from './gateway-setup.ts';
import { imagePlaces } from './image-layout.ts';

export interface ImageSetupOptions {
  readonly names: GatewayNames;
  /** Where the volume has no limit of its own: what the watcher inside keeps to. */
  readonly watchedDiskBytes: number | undefined;
}

/**
 * The environment of the image's first process, from which its `engine` program sets the sandbox up.
 * The engine's own networks stay clear of the host's.
 */
export function imageSetup({
  names,
  watchedDiskBytes,
}: ImageSetupOptions): Readonly<Record<string, string>> {
  const { insecureRegistries, ...gateway } = planGateway(names);
  const setup = {
    ...gateway,
    diskBytes: watchedDiskBytes,
    daemon: {
      'data-root': `${imagePlaces.volume}/engine`,
      'log-level': 'warn',
      bip: '10.254.0.1/24',
      'default-address-pools': [{ base: '10.254.128.0/17', size: 24 }],
      'insecure-registries': insecureRegistries,
      features: { 'containerd-snapshotter': true },
    },
  };
  return { SLIPWAY_SETUP: JSON.stringify(setup) };
}
