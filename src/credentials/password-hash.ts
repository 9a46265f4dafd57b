import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/**
 * Argon2id in the PHC string form, `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, so that each hash says
 * how it was made and the cost can be raised later.
 */
export interface PasswordCost {
  readonly memoryKibibytes: number;
  readonly passes: number;
  readonly lanes: number;
}

interface PasswordHash {
  readonly cost: PasswordCost;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** OWASP's second choice for argon2id: about 25 ms and 19 MiB. */
export const defaultPasswordCost: PasswordCost = { memoryKibibytes: 19_456, passes: 2, lanes: 1 };

const phcForm = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const saltBytes = 16;
const hashBytes = 32;

const derive = promisify(argon2);

export async function hashPassword(password: string, cost: PasswordCost): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await deriveHash(password, { cost, salt, length: hashBytes });
  return formatHash({ cost, salt, hash });
}

/** False also for a text that is no hash of ours: such an account has no password to log in with. */
export async function isPasswordOf(phc: string, password: string): Promise<boolean> {
  const stored = parseHash(phc);
  if (stored === undefined) return false;
  const hash = await deriveHash(password, { ...stored, length: stored.hash.length });
  return timingSafeEqual(hash, stored.hash);
}

/** The hash of no password, which costs as much to check as any other: for accounts that don't exist. */
export function unmatchableHash(cost: PasswordCost): string {
  return formatHash({ cost, salt: Buffer.alloc(saltBytes), hash: Buffer.alloc(hashBytes) });
}

function deriveHash(
  password: string,
  input: { readonly cost: PasswordCost; readonly salt: Buffer; readonly length: number },
): Promise<Buffer> {
  return derive('argon2id', {
    // Unicode spells some letters in two ways: keyboards and systems differ in which they send.
    message: Buffer.from(password.normalize('NFKC')),
    nonce: input.salt,
    parallelism: input.cost.lanes,
    tagLength: input.length,
    memory: input.cost.memoryKibibytes,
    passes: input.cost.passes,
  });
}

function formatHash({ cost, salt, hash }: PasswordHash): string {
  const parameters = `m=${cost.memoryKibibytes},t=${cost.passes},p=${cost.lanes}`;
  return `$argon2id$v=19$${parameters}$${unpadded(salt)}$${unpadded(hash)}`;
}

function parseHash(phc: string): PasswordHash | undefined {
  const match = phcForm.exec(phc);
  if (match === null) return undefined;
  const [memory = '', passes = '', lanes = '', salt = '', hash = ''] = match.slice(1);
  return {
    cost: { memoryKibibytes: Number(memory), passes: Number(passes), lanes: Number(lanes) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
