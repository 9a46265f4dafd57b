/** For tests and benches only: what is needed before there is a listener. */
export { freePort } from './free-port.ts';
