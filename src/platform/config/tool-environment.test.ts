import { expect, test } from 'vitest';
import { toolEnvironment } from './tool-environment.ts';

test('A28 a program that we start is given none of our settings, and no secret', () => {
  const given = toolEnvironment({
    PATH: '/bin',
    DOCKER_HOST: 'unix:///run/docker.sock',
    https_proxy: 'http://proxy:3128',
    SLIPWAY_SECRET_KEY: 'key',
    SLIPWAY_DATABASE_URL: 'postgres://a:b@c/d',
    SLIPWAY_ADMIN_PASSWORD: 'password',
    DOCKER_PASSWORD: 'password',
    AWS_SECRET_ACCESS_KEY: 'key',
    PGPASSWORD: 'password',
    NODE_OPTIONS: '--require ./other.js',
    HOME: undefined,
  });

  expect(given).toEqual({
    PATH: '/bin',
    DOCKER_HOST: 'unix:///run/docker.sock',
    https_proxy: 'http://proxy:3128',
  });
});
