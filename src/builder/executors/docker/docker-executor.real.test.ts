import { dockerUnderTest } from '../testing/docker-under-test.ts';
import { executorContract } from '../testing/executor-contract.ts';

executorContract('docker', async () => dockerUnderTest());
