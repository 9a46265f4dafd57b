import { describeEachRegistry } from '../testing/each-registry.ts';
import { uploadsContract } from '../testing/uploads-contract.ts';

describeEachRegistry(uploadsContract);
