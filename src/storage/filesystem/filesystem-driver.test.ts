import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { blobStoreContract } from '../testing/blob-store-contract.ts';
import { createFilesystemBlobStore } from './filesystem-driver.ts';

async function temporaryRoot() {
  const root = await mkdtemp(join(tmpdir(), 'slipway-blobs-'));
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}

blobStoreContract('filesystem', async () => {
  const { root, [Symbol.asyncDispose]: dispose } = await temporaryRoot();
  const another = () => createFilesystemBlobStore({ root });
  return { store: another(), another, [Symbol.asyncDispose]: dispose };
});

test('what the system refuses is a failure of the store, with the reason', async () => {
  await using folder = await temporaryRoot();
  await writeFile(join(folder.root, 'blobs'), 'a file where a folder should be');
  const store = createFilesystemBlobStore(folder);

  const write = store.write('blobs/aa/1');

  await expect(write).rejects.toMatchObject({
    code: 'BLOB_STORE_FAILED',
    message: 'the blob store failed with ENOTDIR',
  });
});

test('a long file that was cut short fails while it is read', async () => {
  await using folder = await temporaryRoot();
  const store = createFilesystemBlobStore(folder);
  const writer = await store.write('a');
  await writer.append(Buffer.alloc(1_000_000));
  await writer.finish();
  await truncate(join(folder.root, 'a'), 700_000);

  const stream = await store.read('a', { range: { first: 0, last: 999_999 } });

  await expect(stream && buffer(stream)).rejects.toMatchObject({
    code: 'BLOB_STORE_SHORT',
    detail: { heldBytes: 700_000, endByte: 1_000_000 },
  });
});

test('what lies in the folder and is no key is not listed', async () => {
  await using folder = await temporaryRoot();
  const store = createFilesystemBlobStore(folder);
  await writeFile(join(folder.root, 'Upper'), '');
  await writeFile(join(folder.root, '.hidden'), '');
  await writeFile(join(folder.root, 'key'), '');

  expect(await store.list('', { after: '', limit: 10 })).toEqual(['key']);
});
