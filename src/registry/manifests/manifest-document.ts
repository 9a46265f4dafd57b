import {
  type Digest,
  findJsonFault,
  isDigest,
  isIndexMediaType,
  type JsonFault,
  mediaTypes,
} from '#kernel';
import { registryErrors } from '../registry-errors.ts';
import { factsIn, type ManifestFacts } from './manifest-facts.ts';

/** What the registry needs to know of a manifest's content. */
export interface ManifestDocument {
  readonly mediaType: string;
  /** Blobs that the repository must hold, each once. Layers that come from elsewhere are left out. */
  readonly blobs: readonly ReferencedContent[];
  /** Manifests that an index is made of, each once; its other entries are blobs. */
  readonly manifests: readonly ReferencedContent[];
  readonly subject?: Digest;
  /** The configuration of an image. */
  readonly config?: ReferencedContent;
  /** What the document says by itself of what it is. */
  readonly facts: ManifestFacts;
}

export interface ReferencedContent {
  readonly digest: Digest;
  readonly size: number;
}

/** A manifest as it was pushed, and as it was understood. */
export interface ParsedManifest {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  readonly document: ManifestDocument;
  /** All of them; `undefined` where they could not be found out now. */
  readonly facts: ManifestFacts | undefined;
}

/** A blob or manifest that has to stay as long as the manifest that names it. */
export interface Child {
  readonly digest: Digest;
  readonly kind: 'blob' | 'manifest';
}

/** Everything that has to stay as long as the manifest does. */
export function childrenOf({ blobs, manifests }: ManifestDocument): readonly Child[] {
  return [
    ...blobs.map(({ digest }) => ({ digest, kind: 'blob' }) as const),
    ...manifests.map(({ digest }) => ({ digest, kind: 'manifest' }) as const),
  ];
}

export const largestManifestBytes = 4 * 1024 * 1024;
const mostReferences = 1000;
/** Fifty for each of as many descriptors as there may be: real ones have ten. */
const jsonLimits = { depth: 32, values: 50_000 };

const imageMediaTypes: ReadonlySet<string> = new Set([
  mediaTypes.ociManifest,
  mediaTypes.dockerManifest,
]);
const manifestMediaTypes: ReadonlySet<string> = new Set(Object.values(mediaTypes));

/** Layers that clients fetch from elsewhere and never push (OCI image spec, layer.md). */
const foreignLayer = /\.foreign\.|\.nondistributable\./;

/**
 * Reads a manifest strictly: what one client could read as an image and another as an index is
 * refused. Throws `MANIFEST_INVALID`.
 */
export function parseManifestDocument(mediaType: string, bytes: Uint8Array): ManifestDocument {
  const root = parseJsonObject(bytes);
  requireVersionAndType(root, mediaType);
  const subject = root['subject'] === undefined ? undefined : readSubject(root['subject']);
  const isIndex = isIndexMediaType(mediaType);
  const content = isIndex ? readIndex(root) : readImage(root, mediaType);
  const facts = factsIn(root, isIndex);
  return { mediaType, facts, ...content, ...(subject === undefined ? {} : { subject }) };
}

type JsonObject = Readonly<Record<string, unknown>>;

function parseJsonObject(bytes: Uint8Array): JsonObject {
  const text = decodeText(bytes);
  const fault = findJsonFault(text, jsonLimits);
  if (fault !== undefined) invalid(problemOf(fault));
  const value = parseJson(text);
  return isObject(value) ? value : invalid('it is not a JSON object');
}

function problemOf(fault: JsonFault): string {
  switch (fault.kind) {
    case 'too-deep':
      return `it is nested deeper than ${jsonLimits.depth} levels`;
    case 'too-many-values':
      return `it has more than ${jsonLimits.values} values`;
    case 'duplicate-key':
      return `the key "${fault.key}" stands in it twice`;
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return invalid('it is not UTF-8 text');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return invalid('it is not valid JSON');
  }
}

function requireVersionAndType(root: JsonObject, mediaType: string): void {
  if (root['schemaVersion'] !== 2) invalid('schemaVersion must be 2');
  if (root['mediaType'] !== undefined && root['mediaType'] !== mediaType) {
    invalid(`its mediaType is not the Content-Type it was sent with, ${mediaType}`);
  }
  if (root['layers'] !== undefined && root['manifests'] !== undefined) {
    invalid('it has both layers and manifests');
  }
}

type References = Pick<ManifestDocument, 'blobs' | 'manifests' | 'config'>;

/**
 * The entries of an index say what they are. BuildKit before 0.21 keeps its cache as an index of blobs:
 * the layers, and a configuration of its own (moby/buildkit, cache/remotecache, `image-manifest=false`).
 */
function readIndex(root: JsonObject): References {
  if (root['config'] !== undefined) invalid('an index has no config');
  const entries = readDescriptors(root, 'manifests');
  const isManifest = ({ mediaType }: Descriptor) => manifestMediaTypes.has(mediaType);
  const manifests = distinct(entries.filter(isManifest));
  const blobs = distinct(withoutForeign(entries.filter((entry) => !isManifest(entry))));
  const named = new Set(manifests.map(({ digest }) => digest));
  const both = blobs.find(({ digest }) => named.has(digest));
  if (both !== undefined) invalid(`${both.digest} is a manifest and a blob in it`);
  return { blobs, manifests };
}

function readImage(root: JsonObject, mediaType: string): References {
  if (!imageMediaTypes.has(mediaType)) {
    invalid(`this registry takes ${Object.values(mediaTypes).join(', ')}; not ${mediaType}`);
  }
  const config = readDescriptor(root['config'], 'config');
  const layers = readDescriptors(root, 'layers');
  const { digest, size } = config;
  const blobs = distinct([config, ...withoutForeign(layers)]);
  return { blobs, manifests: [], config: { digest, size } };
}

function withoutForeign(layers: readonly Descriptor[]): readonly Descriptor[] {
  return layers.filter(({ mediaType }) => !foreignLayer.test(mediaType));
}

interface Descriptor extends ReferencedContent {
  readonly mediaType: string;
}

function readDescriptors(root: JsonObject, field: string): Descriptor[] {
  const list = root[field];
  if (!Array.isArray(list)) return invalid(`${field} is not a list`);
  if (list.length > mostReferences) invalid(`${field} has more than ${mostReferences} entries`);
  return list.map((item, index) => readDescriptor(item, `${field}[${index}]`));
}

function readDescriptor(value: unknown, field: string): Descriptor {
  if (!isObject(value)) return invalid(`${field} is not a descriptor`);
  const { mediaType, digest, size } = value;
  if (typeof mediaType !== 'string') return invalid(`${field}.mediaType is not a text`);
  if (typeof digest !== 'string' || !isDigest(digest)) {
    return invalid(`${field}.digest is not a sha256: or sha512: digest`);
  }
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    return invalid(`${field}.size is not a whole number`);
  }
  return { mediaType, digest, size };
}

function readSubject(value: unknown): Digest {
  return readDescriptor(value, 'subject').digest;
}

function distinct(content: readonly ReferencedContent[]): ReferencedContent[] {
  const byDigest = new Map<Digest, ReferencedContent>();
  for (const { digest, size } of content) {
    const earlier = byDigest.get(digest);
    if (earlier !== undefined && earlier.size !== size) invalid(`${digest} has two sizes in it`);
    byDigest.set(digest, { digest, size });
  }
  return [...byDigest.values()];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(problem: string): never {
  throw registryErrors.fail('MANIFEST_INVALID', `the manifest can't be taken: ${problem}`, {
    detail: { problem },
  });
}
