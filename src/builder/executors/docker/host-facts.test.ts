import { expect, test } from 'vitest';
import { nameServers } from './host-facts.ts';

test('name servers are read from resolv.conf, without those that only the host reaches', () => {
  const text = `# made by hand
nameserver 127.0.0.53
nameserver 192.0.2.53
  nameserver 2001:db8::53
nameserver ::1
options edns0
`;

  expect(nameServers(text)).toEqual(['192.0.2.53', '2001:db8::53']);
});
