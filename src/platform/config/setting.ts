import { isIP } from 'node:net';

/** How one setting is read: its name in each place, its parser, its default, what it is for. */
export interface Setting<Value> {
  /** The environment variable; the flag and the key in the file follow from the setting's name. */
  readonly env: string;
  /** Gives the value, or throws an `Error` whose message says what is expected. */
  readonly parse: (text: string) => Value;
  /** Absent: the setting may be left out, and then its value is `undefined`. */
  readonly fallback?: string;
  /** Never printed. */
  readonly secret?: true;
  /** One sentence for `docs/configuration.md`. */
  readonly meaning: string;
}

/** A setting that always has a value. */
export type SettingWithDefault<Value> = Setting<Value> & { readonly fallback: string };

export function setting<Value>(declaration: SettingWithDefault<Value>): SettingWithDefault<Value>;
export function setting<Value>(declaration: Setting<Value>): Setting<Value>;
export function setting<Value>(declaration: Setting<Value>): Setting<Value> {
  return declaration;
}

export const text = (value: string): string => value;

export function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < least || number > most) {
      throw new Error(`expects a whole number from ${least} to ${most}`);
    }
    return number;
  };
}

export function positiveNumber(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0) throw new Error('expects a number above 0');
  return number;
}

export function yesOrNo(value: string): boolean {
  if (value === 'true') return true;
  if (value === 'false') return false;
  throw new Error('expects true or false');
}

export function oneOf<const Choice extends string>(...choices: readonly Choice[]) {
  return (value: string): Choice => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) throw new Error(`expects one of ${choices.join(', ')}`);
    return choice;
  };
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `HOST:PORT`, an IPv6 host in brackets; port 0 takes any free one. */
export function listenAddress(value: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port > 65_535) throw new Error('expects HOST:PORT');
  return { host, port };
}

/** An origin without path. `http` needs a port: BuildKit can't use a plain name over http. */
export function publicUrl(value: string): URL {
  const url = URL.parse(value);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error('expects an address such as https://hub.example.com');
  }
  if (url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw new Error('expects scheme and host only, without path, query or user');
  }
  if (url.protocol === 'http:' && url.port === '') {
    throw new Error('needs a port with http, such as http://hub.example.com:5000, or https');
  }
  return url;
}

/** Bytes, with an optional unit: `500MB`, `4GB`; units are powers of 1000, `MiB` and `GiB` of 1024. */
export function byteSize(value: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(B|kB|MB|GB|KiB|MiB|GiB)?$/.exec(value);
  if (match === null) throw new Error('expects a size such as 500MB or 4GiB');
  return Math.round(Number(match[1]) * (byteUnits[match[2] ?? 'B'] ?? 1));
}

const byteUnits: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** IP addresses and networks in CIDR form, separated by commas. */
export function addressList(value: string): readonly string[] {
  const given = value.split(',').map((part) => part.trim());
  const blocks = given.filter((block) => block !== '');
  for (const block of blocks) {
    const [address = '', prefix, ...rest] = block.split('/');
    const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
    const isPrefix = prefix === undefined || /^\d{1,3}$/.test(prefix);
    if (longest < 0 || !isPrefix || Number(prefix ?? 0) > longest || rest.length > 0) {
      throw new Error(
        `expects addresses and networks such as 10.0.0.5 or 172.16.0.0/12, without names and ports; wrong is ${block}`,
      );
    }
  }
  return blocks;
}
