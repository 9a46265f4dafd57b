import { describeEachRegistry } from '../testing/each-registry.ts';
import { stagesContract } from '../testing/stages-contract.ts';

describeEachRegistry(stagesContract);
