import { rootCertificates } from 'node:tls';
import { expect, test } from 'vitest';
import { authoritiesBeyond } from './extra-authorities.ts';

const own = '-----BEGIN CERTIFICATE-----\nT1dO\n-----END CERTIFICATE-----';

test('only what the world does not trust anyway is taken from a bundle', () => {
  const [first = '', second = ''] = rootCertificates;
  const bundle = `# some comment\n${first}\n${own}\r\n${second.replaceAll('\n', '\r\n')}\n`;

  expect(authoritiesBeyond(bundle, rootCertificates)).toEqual([own]);
});

test('a bundle without anything special gives nothing', () => {
  expect(authoritiesBeyond(rootCertificates.join('\n'), rootCertificates)).toEqual([]);
  expect(authoritiesBeyond('', rootCertificates)).toEqual([]);
});
