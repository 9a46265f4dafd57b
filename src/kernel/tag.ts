import { type Digest, isDigest, parseDigest } from './digest.ts';
import { kernelErrors } from './kernel-errors.ts';

declare const brand: unique symbol;

/** A tag of a repository: 1 to 128 characters (OCI distribution spec, `<reference>`). */
export type Tag = string & { readonly [brand]: 'Tag' };

/** What names a manifest within a repository. */
export type Reference =
  | { readonly kind: 'tag'; readonly tag: Tag }
  | { readonly kind: 'digest'; readonly digest: Digest };

const tagForm = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

export function isTag(text: string): text is Tag {
  return tagForm.test(text);
}

/** Throws `TAG_INVALID`. */
export function parseTag(text: string): Tag {
  if (isTag(text)) return text;
  throw kernelErrors.fail(
    'TAG_INVALID',
    'a tag has 1 to 128 letters, digits, _ . or -, and does not begin with . or -',
    { detail: { tag: text.slice(0, 150) } },
  );
}

/** Throws `DIGEST_INVALID` for what has a colon and is no digest, else `TAG_INVALID`. */
export function parseReference(text: string): Reference {
  if (text.includes(':') || isDigest(text)) return { kind: 'digest', digest: parseDigest(text) };
  return { kind: 'tag', tag: parseTag(text) };
}

export function formatReference(reference: Reference): string {
  return reference.kind === 'tag' ? reference.tag : reference.digest;
}
