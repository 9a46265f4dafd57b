/** The process that `startRegistryProcess` starts: tells its parent where it listens. */
import { startTestRegistry } from './start-test-registry.ts';

const registry = await startTestRegistry(process.argv[2] ?? '');
process.send?.({ host: registry.host });
