/** For tests and benches only: what is needed before there is a listener, and clients of few manners. */
export { type BluntRequest, sendBluntly } from './blunt-client.ts';
export { freePort } from './free-port.ts';
