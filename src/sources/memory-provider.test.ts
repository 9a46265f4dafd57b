import { MemoryProvider } from './testing/memory-provider.ts';
import { providerContract } from './testing/provider-contract.ts';

providerContract('memory', async () => {
  const provider = new MemoryProvider();
  let commits = 0;
  return {
    provider,
    name: 'ada/app',
    push: async (...refs) => {
      commits += 1;
      const commit = `c${commits}`;
      const others = provider.refs.filter(
        (ref) => !refs.some(({ type, name }) => type === ref.type && name === ref.name),
      );
      provider.refs = [...others, ...refs.map(({ type, name }) => ({ type, name, commit }))];
      return commit;
    },
    breakDown: async () => {
      provider.isBroken = true;
    },
    [Symbol.asyncDispose]: async () => {},
  };
});
