/** Headers of answers that more than one place sends or reads. HTTP does not mind their case. */
export const headerNames = {
  /** Ours: what log and answer call a request. */
  requestId: 'X-Request-Id',
  /** OCI distribution spec, "Pulling manifests". */
  contentDigest: 'Docker-Content-Digest',
  uploadId: 'Docker-Upload-UUID',
  apiVersion: 'Docker-Distribution-Api-Version',
} as const;

/** What registries answer in `Docker-Distribution-Api-Version`, which old clients look for. */
export const registryApiVersion = 'registry/2.0';
