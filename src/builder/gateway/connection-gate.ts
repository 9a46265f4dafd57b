import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Clients in a sandbox keep a few connections open each; a flood would take the builder's own sockets. */
const mostConnections = 512;
/** A connection that has asked for nothing by then is of no use. */
const patienceMilliseconds = 60_000;

/**
 * Hands connections to a server that listens nowhere itself: so many at a time, each with something
 * to ask, and none any more once it is closed.
 */
export class ConnectionGate {
  readonly #server: Server;
  /** Those that are open, with what hangs up on them while they have asked for nothing. */
  readonly #open = new Map<Duplex, NodeJS.Timeout>();
  #isClosed = false;

  constructor(server: Server) {
    this.#server = server;
    server.on('request', ({ socket }) => clearTimeout(this.#open.get(socket)));
  }

  accept(connection: Duplex): void {
    connection.on('error', () => undefined); // its close is all that matters
    if (this.#isClosed || this.#open.size >= mostConnections) return void connection.destroy();
    const hangUp = setTimeout(() => connection.destroy(), patienceMilliseconds);
    this.#open.set(connection, hangUp);
    connection.once('close', () => {
      clearTimeout(hangUp);
      this.#open.delete(connection);
    });
    this.#server.emit('connection', connection);
  }

  close(): void {
    this.#isClosed = true;
    for (const connection of this.#open.keys()) connection.destroy();
  }
}
