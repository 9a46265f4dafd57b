import { kernelErrors } from './kernel-errors.ts';

declare const brand: unique symbol;

/** A content digest, `algorithm:hex`, such as `sha256:…` (OCI image spec, descriptor.md, "Digests"). */
export type Digest = string & { readonly [brand]: 'Digest' };

export type DigestAlgorithm = 'sha256' | 'sha512';

const hexLengths: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha512: 128 };

/** Throws `DIGEST_INVALID` unless the text is a digest of a known algorithm in lower-case hex. */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw kernelErrors.fail('DIGEST_INVALID', 'a digest is sha256: or sha512: and lower-case hex', {
    detail: { digest: text.slice(0, 150) },
  });
}

export function isDigest(text: string): text is Digest {
  const colon = text.indexOf(':');
  const algorithm = text.slice(0, colon);
  if (!isDigestAlgorithm(algorithm)) return false;
  const hex = text.slice(colon + 1);
  return hex.length === hexLengths[algorithm] && /^[0-9a-f]+$/.test(hex);
}

function isDigestAlgorithm(text: string): text is DigestAlgorithm {
  return Object.hasOwn(hexLengths, text);
}

export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.slice(0, digest.indexOf(':')) as DigestAlgorithm;
}
