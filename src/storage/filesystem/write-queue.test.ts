import { open } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { WriteQueue } from './write-queue.ts';

/** A file that takes so many bytes a call, as a disk may. */
function createFile(bytesAtOnce: number) {
  const content: number[] = [];
  const writev = async (chunks: readonly Uint8Array[], position: number) => {
    const bytes = Buffer.concat(chunks).subarray(0, bytesAtOnce);
    content.splice(position, bytes.length, ...bytes);
    return { bytesWritten: bytes.length };
  };
  return { content, file: { writev } as unknown as ConstructorParameters<typeof WriteQueue>[0] };
}

test('a disk that takes a part of each write gets all of it in the end', async () => {
  const { content, file } = createFile(4);
  const queue = new WriteQueue(file, 0);

  for (const text of ['ab', '', 'cdefg', 'h', 'ijklmnop']) await queue.add(Buffer.from(text));
  await queue.written();

  expect(Buffer.from(content).toString()).toBe('abcdefghijklmnop');
});

test('a full disk shows at once or at the end, and never as success', async () => {
  const file = await open('/dev/full', 'w');
  const queue = new WriteQueue(file, 0);

  const writing = (async () => {
    await queue.add(Buffer.from('bytes'));
    await queue.written();
  })();

  await expect(writing).rejects.toMatchObject({ code: 'ENOSPC' });
  await expect(queue.add(Buffer.from('more'))).rejects.toMatchObject({ code: 'ENOSPC' });
  await file.close();
});

test('a sender that is faster than the disk has to wait', async () => {
  const gate = Promise.withResolvers<void>();
  const writev = async (chunks: readonly Uint8Array[]) => {
    await gate.promise;
    return { bytesWritten: Buffer.concat(chunks).length };
  };
  const file = { writev } as unknown as ConstructorParameters<typeof WriteQueue>[0];
  const queue = new WriteQueue(file, 0);

  await queue.add(Buffer.alloc(500_000));
  await queue.add(Buffer.alloc(1_000_000));
  const third = queue.add(Buffer.alloc(500_000));
  const first = await Promise.race([third.then(() => 'taken'), Promise.resolve('waiting')]);
  gate.resolve();
  await third;

  expect(first).toBe('waiting');
});
