import { createServer } from 'node:net';

/** A port that nobody listens on: public addresses hold it, so it is chosen before a server starts. */
export async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const probe = createServer();
  probe.once('error', reject);
  probe.listen(0, '127.0.0.1', () => {
    const address = probe.address();
    probe.close(() => {
      if (address !== null && typeof address === 'object') resolve(address.port);
      else reject(new Error('the probe listens nowhere'));
    });
  });
  return promise;
}
