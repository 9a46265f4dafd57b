/**
 * transfer: copying between registries. Today the client that all copying needs: one registry over
 * HTTP, with Docker's token flow, bytes that stream and are checked as they do, and uploads that go on
 * where they broke. Knows no room of ours: any registry is a foreign one.
 */

export {
  createTokenSource,
  type TokenSource,
  type TokenSourceOptions,
} from './auth/create-token-source.ts';
export type { Credential } from './auth/credential.ts';
export type { BlobDescriptor, Content, Descriptor } from './content/descriptor.ts';
export {
  contentOf,
  type ImageContent,
  imageContent,
  indexDocument,
  manifestDocument,
  putImage,
  readContent,
} from './content/image-content.ts';
export { createRegistryClient, type RegistryClientOptions } from './create-registry-client.ts';
export type { MayReach } from './http/address-guard.ts';
export { isPublicAddress } from './http/public-addresses.ts';
export type * from './registry-client.ts';
export { type TransferErrorCode, transferErrors } from './transfer-errors.ts';
