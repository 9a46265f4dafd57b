import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to PostgreSQL that a test can close for a while. */
export interface Gate extends AsyncDisposable {
  readonly url: string;
  /** Cuts off whoever is connected, and lets nobody in. */
  close(): void;
  open(): void;
  /**
   * Cuts off the next connection that sends a statement with these words: before PostgreSQL hears of
   * it, or when it has answered, which nobody hears of.
   */
  cutAt(words: string, when: 'sent' | 'answered'): void;
  /** Keeps everybody waiting: nothing goes through any more, and nobody is told. */
  stall(): void;
}

interface Cut {
  readonly words: string;
  readonly when: 'sent' | 'answered';
}

export async function openGate(databaseUrl: string): Promise<Gate> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isOpen = true;
  let isStalled = false;
  let cut: Cut | undefined;
  const server = createServer((client) => {
    client.on('error', () => undefined);
    sockets.add(client);
    if (!isOpen) return client.destroy();
    if (isStalled) return undefined;
    const database = connect(Number(target.port), target.hostname);
    database.on('error', () => undefined);
    sockets.add(database);
    let isMute = false;
    const hangUp = () => {
      client.destroy();
      database.end();
    };
    client.on('data', (bytes: Buffer) => {
      if (isStalled) return;
      if (cut !== undefined && bytes.includes(cut.words)) {
        const { when } = cut;
        cut = undefined;
        if (when === 'sent') return hangUp();
        isMute = true;
      }
      database.write(bytes);
    });
    database.on('data', (bytes: Buffer) => {
      if (isMute) hangUp();
      else if (!isStalled) client.write(bytes);
    });
    client.on('close', () => database.destroy());
    database.on('close', () => client.destroy());
    return undefined;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = `${address.port}`;
  const close = () => {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    close,
    open: () => {
      isOpen = true;
      isStalled = false;
    },
    cutAt: (words, when) => {
      cut = { words, when };
    },
    stall: () => {
      isStalled = true;
    },
    [Symbol.asyncDispose]: async () => {
      close();
      server.close();
      await once(server, 'close');
    },
  };
}
