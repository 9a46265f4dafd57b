import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';

/**
 * The certificates of a bundle that the world at large does not trust anyway: what a network whose
 * proxy signs TLS anew has put there. As PEM, each by itself.
 */
export function authoritiesBeyond(bundle: string, known: readonly string[]): readonly string[] {
  const knownBodies = new Set(known.map(body));
  const certificates =
    bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return certificates.filter((certificate) => !knownBodies.has(body(certificate)));
}

export async function readExtraAuthorities(file: string | undefined): Promise<readonly string[]> {
  return file === undefined
    ? []
    : authoritiesBeyond(await readFile(file, 'utf8'), rootCertificates);
}

function body(certificate: string): string {
  return certificate.replace(/-----[A-Z ]+-----/g, '').replace(/\s+/g, '');
}
