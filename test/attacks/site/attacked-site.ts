import { startServeProcess, temporaryFolder, testPassword } from '#app/testing';
import { createSlipwayClient, type SlipwayClient } from '#client';
import { freePort } from '#platform/http/testing';
import { accountOperations } from '#protocol';
import type { Findings } from './findings.ts';

/** A server in a process of its own, that is attacked and watched from inside. */
export interface AttackedSite extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** The data folder. */
  readonly folder: string;
  /** Calls the API as Ada, who owns what is attacked. */
  readonly ada: SlipwayClient;
  /** `Basic …` with Ada's access token, which costs no hash. */
  readonly adaBasic: string;
  readonly adaToken: string;
  /** What was found since the last call. */
  takeFindings(): Promise<Findings>;
  /** Keeps its event loop busy for longer than any attack may. */
  blockLoop(): Promise<void>;
}

const probe = new URL('./loop-probe.ts', import.meta.url).href;

export async function startAttackedSite(): Promise<AttackedSite> {
  await using started = new AsyncDisposableStack();
  const { path: folder } = started.use(await temporaryFolder());
  const probePort = await freePort();
  const server = started.use(
    await startServeProcess({
      data: `${folder}/data`,
      environment: {
        NODE_OPTIONS: `--import=${probe}`,
        SLIPWAY_TEST_PROBE_PORT: String(probePort),
        SLIPWAY_ADMIN_USERNAME: 'admin',
        SLIPWAY_ADMIN_PASSWORD: testPassword,
        SLIPWAY_LOG_LEVEL: 'error',
      },
    }),
  );
  await server.ready();
  const { url } = server;
  const administrator = await logIn(url, 'admin');
  await administrator.call(accountOperations.createUser, {
    body: { username: 'ada', password: testPassword },
  });
  const ada = await logIn(url, 'ada');
  const { token } = await ada.call(accountOperations.createToken, {
    body: { label: 'attacks', scope: 'repo:admin' },
  });
  const probeUrl = `http://127.0.0.1:${probePort}`;
  const kept = started.move();
  return {
    url,
    port: Number(new URL(url).port),
    folder: `${folder}/data`,
    ada,
    adaToken: token,
    adaBasic: `Basic ${btoa(`ada:${token}`)}`,
    takeFindings: async () => (await (await fetch(probeUrl)).json()) as Findings,
    blockLoop: async () => void (await (await fetch(`${probeUrl}/block`)).text()),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function logIn(serverUrl: string, username: string): Promise<SlipwayClient> {
  const body = { username, password: testPassword };
  const { token } = await createSlipwayClient({ serverUrl }).call(accountOperations.login, {
    body,
  });
  return createSlipwayClient({ serverUrl, credential: token });
}
