import { describeEachRegistry } from '../testing/each-registry.ts';
import { manifestsContract } from '../testing/manifests-contract.ts';

describeEachRegistry(manifestsContract);
