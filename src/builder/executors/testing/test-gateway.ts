import { createServer, type RequestListener } from 'node:http';
import type { GatewayNames, SandboxGateway } from '../../executor.ts';

/** A gateway with other answers than the real one's. */
export function testGateway(
  listener: RequestListener = notFound,
  names: GatewayNames = localNames,
): SandboxGateway {
  const server = createServer(listener);
  return { names, accept: (connection) => void server.emit('connection', connection) };
}

const localNames: GatewayNames = {
  publicHost: 'localhost:5000',
  publicScheme: 'http',
  aliases: ['registry-1.docker.io'],
};

const notFound: RequestListener = (_, response) => {
  response.writeHead(404).end();
};
