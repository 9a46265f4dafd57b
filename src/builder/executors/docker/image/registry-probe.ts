import { systemClock } from '#kernel';
import { createRegistryClient } from '#transfer';

const registry = 'https://registry-1.docker.io';
const probeMilliseconds = 3_000;

/** Whether Docker Hub lets anybody in from here within three seconds. */
export async function isImageRegistryReachable(signal: AbortSignal): Promise<boolean> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(probeMilliseconds)]);
  await using client = createRegistryClient({ registry, clock: systemClock });
  try {
    await client.ping({ signal: limit });
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
