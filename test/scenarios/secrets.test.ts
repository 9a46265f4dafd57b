import { expect, test } from 'vitest';
import { ApiError } from '#client';
import { accountOperations, buildConfigurationOperations } from '#protocol';
import { connect, reader } from './people.ts';
import { playing } from './scenario.ts';
import { openScene, repository } from './scene.ts';
import { push, untilEnd } from './steps.ts';

const rules = [{ source: 'main', dockerTags: 'latest' }];
const secret = 'hunter2hunter2';

test.concurrent(
  'SET-48 the value of a variable is masked wherever a log would show it',
  playing({
    // A clone tells which branch it is of, and this one is called like the secret.
    configuration: {
      rules: [{ source: '/.*/', dockerTags: 'latest' }],
      variables: [{ name: 'PASSWORD', value: secret }],
    },
    steps: [
      push(`use-${secret}`),
      untilEnd(1),
      async ({ client }) => expect(await client.readRawLog(1)).not.toContain(secret),
    ],
    expected: { builds: [{ state: 'success', log: [/use-\*+/] }] },
  }),
);

test.concurrent('SET-86 who was given nothing in a public repository sees no settings and no log of its builds', async () => {
  await using scene = await openScene(
    {},
    { rules, variables: [{ name: 'PASSWORD', value: secret }] },
  );
  await push('main')(scene);
  await untilEnd(1)(scene);
  await scene.client.call(accountOperations.createUser, { body: { ...reader } });
  const other = await connect(scene.installation.serverUrl, reader);
  const show = buildConfigurationOperations.show;

  const seenByOwner = await scene.client.call(show, { params: repository });

  expect(seenByOwner.variables).toEqual([{ name: 'PASSWORD', value: secret }]);
  await expect(other.call(show, { params: repository })).rejects.toThrow(ApiError);
  await expect(other.readRawLog(1)).rejects.toThrow(ApiError);
});
