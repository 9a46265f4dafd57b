import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { packet } from './packets.ts';
import { pushedRefs, readPushHead } from './push-commands.ts';

const none = '0'.repeat(40);
const one = 'a'.repeat(40);
const limits = { refs: 3 };

function command(from: string, to: string, ref: string, capabilities = ''): Buffer {
  return packet(`${from} ${to} ${ref}${capabilities}`);
}

const first = command(none, one, 'refs/heads/main', '\0 report-status side-band-64k');

test('a push is read up to its pack, which stays, however its bytes are cut', async () => {
  const commands = [first, command(one, none, 'refs/tags/v1'), Buffer.from('0000')];
  const bytes = Buffer.concat([...commands, Buffer.from('PACK and so on')]);
  const body = Readable.from([...bytes].map((byte) => Buffer.of(byte)));

  const head = await readPushHead(body, limits);

  expect(head.commands).toEqual([
    { ref: 'refs/heads/main', to: one },
    { ref: 'refs/tags/v1', to: undefined },
  ]);
  expect(head.capabilities).toEqual(['report-status', 'side-band-64k']);
  expect(head.bytes).toEqual(Buffer.concat(commands));
  expect((await buffer(body)).toString()).toBe('PACK and so on');
  expect(pushedRefs(head)).toEqual([{ type: 'branch', name: 'main', commit: one }]);
});

test('a push that wants nothing asks whether it would be taken', async () => {
  const head = await readPushHead(Readable.from([Buffer.from('0000')]), limits);

  expect(head.commands).toEqual([]);
});

test.each(['', '00', '0003', 'zzzzhello', '0014abc'])('%j is no push', async (text) => {
  const body = Readable.from([Buffer.from(text)]);

  await expect(readPushHead(body, limits)).rejects.toMatchObject({ code: 'GIT_PUSH_INVALID' });
});

test('a push that names too many refs is refused with what its client can show', async () => {
  const refs = [1, 2, 3].map((number) => command(none, one, `refs/heads/b${number}`));
  const body = Readable.from([Buffer.concat([first, ...refs])]);

  await expect(readPushHead(body, limits)).rejects.toMatchObject({
    code: 'GIT_PUSH_REFUSED',
    message: expect.stringContaining('more than 3'),
    detail: { capabilities: ['report-status', 'side-band-64k'] },
  });
});

test('what is no list of refs and never ends is refused', async () => {
  const shallow = packet(`shallow ${one}`);
  const body = Readable.from(
    (function* () {
      for (;;) yield Buffer.concat(Array.from({ length: 1_000 }, () => shallow));
    })(),
  );

  await expect(readPushHead(body, limits)).rejects.toMatchObject({ code: 'GIT_PUSH_REFUSED' });
});
