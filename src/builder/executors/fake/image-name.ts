/** A name as people write it: `app`, `ns/app:tag`, `localhost:5000/ns/app:tag`. */
export interface ImageName {
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
}

/** Reads a name as Docker does: without a host it is Docker Hub's, without a tag `latest`. */
export function parseImageName(text: string): ImageName {
  const [first = '', ...others] = text.split('/');
  const hasHost = others.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const isHub = !hasHost || ['docker.io', 'index.docker.io'].includes(first);
  const path = hasHost ? others.join('/') : text;
  const colon = path.lastIndexOf(':');
  const repository = colon === -1 ? path : path.slice(0, colon);
  return {
    host: isHub ? 'registry-1.docker.io' : first,
    repository: isHub && !repository.includes('/') ? `library/${repository}` : repository,
    tag: colon === -1 ? 'latest' : path.slice(colon + 1),
  };
}
