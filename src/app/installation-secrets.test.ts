import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { deriveSecrets, readOrMakeSecretKey } from './installation-secrets.ts';

test('an installation keeps its keys over restarts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-secrets-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'secrets.json');

  const first = deriveSecrets(await readOrMakeSecretKey(path));
  const second = deriveSecrets(await readOrMakeSecretKey(path));

  expect(second.signingKey.id).toBe(first.signingKey.id);
  expect(second.builderToken).toBe(first.builderToken);
  expect((await stat(path)).mode & 0o077).toBe(0);
});

test('no two purposes share a key', () => {
  const secrets = deriveSecrets(new Uint8Array(32));

  expect(secrets.builderToken).not.toContain(
    Buffer.from(secrets.encryptionKey).toString('base64url'),
  );
});
