import type { Digest } from '#kernel';
import type { ContentType, Platform } from '../registry.ts';

/**
 * What is told of a manifest beside its bytes: kept with them when it is pushed, so that lists of tags
 * read no blobs.
 */
export type ManifestFacts = ImageFacts | IndexFacts;

interface ImageFacts {
  readonly kind: 'image';
  readonly contentType: ContentType;
  readonly platform: Platform;
  /** Of its layers, as they travel. */
  readonly bytes: number;
}

interface IndexFacts {
  readonly kind: 'index';
  readonly contentType: ContentType;
  readonly images: readonly IndexedImage[];
}

export interface IndexedImage {
  readonly digest: Digest;
  readonly platform: Platform;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** More than that no list shows of one tag. */
const mostImages = 100;
const longestText = 100;

/** What the document itself says; `root` was found to be a manifest or an index. */
export function factsIn(root: JsonObject, isIndex: boolean): ManifestFacts {
  const contentType = contentTypeOf(root);
  if (isIndex) return { kind: 'index', contentType, images: imagesIn(root['manifests']) };
  const layers = root['layers'] as readonly { readonly size: number }[];
  const bytes = layers.reduce((sum, { size }) => sum + size, 0);
  return { kind: 'image', contentType, platform: {}, bytes };
}

function imagesIn(entries: unknown): readonly IndexedImage[] {
  return (entries as readonly JsonObject[]).slice(0, mostImages).map((entry) => ({
    digest: entry['digest'] as Digest,
    platform: platformIn(entry['platform']),
  }));
}

/** Of an entry of an index, or of an image's configuration (OCI image spec, config.md). */
export function platformIn(value: unknown): Platform {
  if (typeof value !== 'object' || value === null) return {};
  const said = value as JsonObject;
  return {
    ...textIn(said, 'architecture', 'architecture'),
    ...textIn(said, 'os', 'os'),
    ...textIn(said, 'variant', 'variant'),
    ...textIn(said, 'os.version', 'osVersion'),
    ...featuresIn(said['os.features']),
  };
}

function textIn(said: JsonObject, key: string, name: keyof Platform): Platform {
  const text = said[key];
  return isShortText(text) ? { [name]: text } : {};
}

function featuresIn(list: unknown): Platform {
  if (!Array.isArray(list)) return {};
  const features = list.slice(0, 10).filter(isShortText);
  return features.length === 0 ? {} : { osFeatures: features };
}

function isShortText(text: unknown): text is string {
  return typeof text === 'string' && text !== '' && text.length <= longestText;
}

/** Docker Hub's classes, by what artifacts call their configuration or themselves. */
const classes: readonly (readonly [RegExp, ContentType])[] = [
  [/^application\/vnd\.(?:oci\.image\.config|docker\.container\.image)\.v1\+json$/, 'image'],
  [/^application\/vnd\.docker\.plugin\./, 'plugin'],
  [/^application\/vnd\.cncf\.helm\./, 'helm'],
  [/^application\/vnd\.docker\.volume\./, 'volume'],
  [/^application\/vnd\.wasm\./, 'wasm'],
  [/^application\/vnd\.docker\.compose\./, 'compose'],
  [/^application\/vnd\.(?:docker\.ai|cncf)\.model\./, 'model'],
];

function contentTypeOf({ artifactType, config }: JsonObject): ContentType {
  const configType = (config as { readonly mediaType?: string } | undefined)?.mediaType;
  const type = typeof artifactType === 'string' && artifactType !== '' ? artifactType : configType;
  // An index says nothing, unless it is something else than the same image for several platforms.
  if (type === undefined) return 'image';
  return classes.find(([form]) => form.test(type))?.[1] ?? 'unrecognized';
}
