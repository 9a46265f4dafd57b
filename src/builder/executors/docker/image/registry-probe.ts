const probeMilliseconds = 3_000;

/** Whether Docker Hub's registry answers from here within three seconds, whatever it answers. */
export async function isImageRegistryReachable(signal: AbortSignal): Promise<boolean> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(probeMilliseconds)]);
  try {
    const response = await fetch('https://registry-1.docker.io/v2/', {
      method: 'HEAD',
      signal: limit,
    });
    return response.headers.has('docker-distribution-api-version');
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
