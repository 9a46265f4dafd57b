import { setTimeout as sleep } from 'node:timers/promises';
import { type Demo, registryHost, sampleRepository } from './demo.ts';
import { DemoFailure } from './demo-failure.ts';
import { logInToRegistry, runDocker } from './docker-command.ts';
import { sampleVersion } from './push-sample.ts';
import { showSlipway } from './slipway-command.ts';

const servicePort = 8080;

/** Pulls both images with Docker, runs them and asks each which version it is. */
export async function runImages(demo: Demo): Promise<void> {
  demo.screen.step('Pull the images with Docker and run them');
  await showSlipway(demo, ['repo', 'tags', sampleRepository(demo)]);
  const configuration = await logInToRegistry(demo, demo.user);
  for (const tag of ['latest', sampleVersion]) {
    const image = `${registryHost(demo)}/${sampleRepository(demo)}:${tag}`;
    demo.screen.command(['docker', 'pull', image]);
    await runDocker(demo, ['--config', configuration, 'pull', '--quiet', image]);
    demo.cleanUp.defer(
      async () => void (await runDocker(demo, ['image', 'rm', image], { last: true })),
    );
    await runImage(demo, image);
  }
}

async function runImage(demo: Demo, image: string): Promise<void> {
  const words = ['run', '--detach', '--publish', `127.0.0.1::${servicePort}`, image];
  demo.screen.command(['docker', ...words]);
  const container = await runDocker(demo, words);
  try {
    const address = await runDocker(demo, ['port', container, String(servicePort)]);
    const version = `http://${address.split('\n')[0]}/version`;
    demo.screen.command(['curl', version]);
    demo.screen.output(await ask(demo, version));
  } finally {
    await runDocker(demo, ['rm', '--force', '--volumes', container], { last: true });
  }
}

/** The service needs a moment to listen. */
async function ask(demo: Demo, url: string): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    try {
      return (await (await fetch(url, { signal: demo.signal })).text()).trim();
    } catch (error) {
      demo.signal.throwIfAborted();
      if (tries === 50) {
        throw new DemoFailure(
          `the image runs but ${url} does not answer`,
          'see what it says with: docker logs',
          error,
        );
      }
      await sleep(100, undefined, { signal: demo.signal });
    }
  }
}
