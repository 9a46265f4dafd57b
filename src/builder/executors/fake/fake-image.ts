import { gzipSync } from 'node:zlib';
import { digestOf } from '#platform/crypto';
import { type ImageContent, imageContent } from '#transfer';

/** An archive without a file in it: two blocks of zeros. */
const emptyLayer = Buffer.alloc(1_024);

/** A whole image: one empty layer, and a configuration that makes it unlike any other. */
export function createFakeImage(labels: Readonly<Record<string, string>>): ImageContent {
  const configuration = {
    architecture: 'amd64',
    os: 'linux',
    config: { Labels: labels },
    rootfs: { type: 'layers', diff_ids: [digestOf(emptyLayer)] },
  };
  return imageContent(configuration, [gzipSync(emptyLayer)]);
}
