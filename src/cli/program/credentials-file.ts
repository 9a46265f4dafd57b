import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { cliErrors } from '../command/cli-errors.ts';

const savedCredential = z.object({
  username: z.string(),
  /** A session token, or the personal access token that was used to log in. */
  token: z.string(),
  expiresAt: z.iso.datetime().optional(),
});
export type SavedCredential = z.infer<typeof savedCredential>;

const fileForm = z.object({
  /** The server that commands talk to when they name none. */
  current: z.string().optional(),
  servers: z.record(z.string(), savedCredential),
});
type FileForm = z.infer<typeof fileForm>;

/** The log-ins of one person on this machine, one a server. Only they may read the file. */
export interface CredentialsFile {
  /** Where it lies, for messages. */
  readonly path: string;
  /** The server that was logged in to last. */
  currentServer(): Promise<string | undefined>;
  find(serverUrl: string): Promise<SavedCredential | undefined>;
  /** Keeps a log-in, and makes its server the current one. */
  save(serverUrl: string, credential: SavedCredential): Promise<void>;
  /** Says whether there was one. */
  remove(serverUrl: string): Promise<boolean>;
}

/** `$XDG_CONFIG_HOME/slipway/credentials.json`, else below `~/.config`. */
export function credentialsPath(environment: Readonly<Record<string, string | undefined>>): string {
  const folder = environment['XDG_CONFIG_HOME'] || join(environment['HOME'] ?? '/', '.config');
  return join(folder, 'slipway', 'credentials.json');
}

/**
 * Every change writes a new file beside the old one and renames it, so that a reader or a crash
 * never sees half of one. Reading throws `CREDENTIALS_UNSAFE` for a file that others may read, or
 * that is damaged.
 */
export function openCredentialsFile(path: string): CredentialsFile {
  return {
    path,
    currentServer: async () => (await read(path)).current,
    find: async (serverUrl) => (await read(path)).servers[serverUrl],
    async save(serverUrl, credential) {
      const { servers } = await read(path);
      await write(path, { current: serverUrl, servers: { ...servers, [serverUrl]: credential } });
    },
    async remove(serverUrl) {
      const { current, servers } = await read(path);
      const { [serverUrl]: removed, ...others } = servers;
      if (removed === undefined) return false;
      const next = current === serverUrl ? Object.keys(others).at(-1) : current;
      await write(path, { ...(next && { current: next }), servers: others });
      return true;
    },
  };
}

async function read(path: string): Promise<FileForm> {
  const text = await readPrivately(path);
  if (text === undefined) return { servers: {} };
  try {
    return fileForm.parse(JSON.parse(text));
  } catch (cause) {
    throw cliErrors.fail(
      'CREDENTIALS_UNSAFE',
      `${path} is damaged; delete it and log in again with: slipway login`,
      { cause },
    );
  }
}

async function readPrivately(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) === 0) return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  throw cliErrors.fail(
    'CREDENTIALS_UNSAFE',
    `${path} holds secrets and other users may read it; close it with: chmod 600 ${path}`,
  );
}

async function write(path: string, content: FileForm): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const draft = join(folder, `.credentials-${randomUUID()}`);
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(content, undefined, 2)}\n`);
    await file.sync();
    await file.close();
    await rename(draft, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}
