import type { ListenAddress } from '#platform/config';
import { type HttpServer, type HttpServerOptions, startHttpServer } from '#platform/http';
import { type StartProblem, startStep } from './start-errors.ts';

/** Listens; throws `ADDRESS_TAKEN` or `ADDRESS_UNUSABLE` where that can't be. */
export function listen(options: HttpServerOptions): Promise<HttpServer> {
  return startStep(
    () => startHttpServer(options),
    (code) => explain(code, options),
  );
}

function explain(code: string, { host, port }: ListenAddress): StartProblem | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return {
        code: 'ADDRESS_TAKEN',
        message: `listen: port ${port} of ${host} is taken by another program: end that one, or choose another port with --listen ${host}:PORT`,
      };
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return {
        code: 'ADDRESS_UNUSABLE',
        message: `listen: ${host} is no address of this machine: use --listen 127.0.0.1:${port}, or 0.0.0.0:${port} for every interface`,
      };
    case 'EACCES':
      return {
        code: 'ADDRESS_UNUSABLE',
        message: `listen: this user may not listen on port ${port}: choose one from 1024 on, with --listen ${host}:5000`,
      };
    default:
      return undefined;
  }
}
