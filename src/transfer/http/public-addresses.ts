import { BlockList, isIPv6 } from 'node:net';

/** IANA's special-purpose registries (RFC 6890), multicast, and the metadata address of Azure. */
const refusedIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** All that is public today is in 2000::/3 (RFC 4291, section 2.4); of that, what is no host's own. */
const publicIpv6 = '2000::/3';
const refusedIpv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const refused = blockListOf([...refusedIpv4, ...refusedIpv6]);
const global6 = blockListOf([publicIpv6]);

/**
 * Whether an IP address is one of the internet: none of this host, of a private network, of a link or
 * of a cloud's metadata service, and none of IPv6 that has another address in it.
 */
export function isPublicAddress(address: string): boolean {
  if (!isIPv6(address)) return !refused.check(address, 'ipv4');
  return global6.check(address, 'ipv6') && !refused.check(address, 'ipv6');
}

function blockListOf(blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const [network = '', bits] = block.split('/');
    list.addSubnet(network, Number(bits), isIPv6(network) ? 'ipv6' : 'ipv4');
  }
  return list;
}
