import { isIPv6 } from 'node:net';

/** What a sandbox may reach, in addresses. Everything else on public networks is open to it. */
export interface WallPlan {
  /** Name servers: reachable on port 53, and on that alone where they are private. */
  readonly resolvers: readonly string[];
  /** CIDR blocks that may be reached although they are private. */
  readonly allow: readonly string[];
  /** The host's own addresses, public ones too. */
  readonly hostAddresses: readonly string[];
}

/** Rules as `iptables-restore` and `ip6tables-restore` read them. */
export interface WallRules {
  readonly ipv4: string;
  readonly ipv6: string;
}

/**
 * IANA's special-purpose registries (RFC 6890), each entry decided. Open though listed: the ranges
 * for documentation (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24), which some networks use for
 * their mirrors, and services with public anycast addresses (192.31.196.0/24 and 192.175.48.0/24,
 * AS112; 192.52.193.0/24, AMT). Refused though not listed: multicast, and 168.63.129.16, Azure's
 * metadata and resolver address; 192.0.0.0/24 holds another.
 */
const refusedIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.88.99.0/24', // relays of 6to4, withdrawn (RFC 7526)
  '192.168.0.0/16',
  '198.18.0.0/15', // benchmarks (RFC 2544): laboratories, and what proxies make up for names
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/**
 * The first ones are IPv4 addresses in IPv6's clothes, refused whole, since what is in them may be
 * any private address or the host's own. Open though listed: documentation (2001:db8::/32 and
 * 3fff::/20) and AS112's 2620:4f:8000::/48. A network whose builds need its NAT64 allows that block.
 */
const refusedIpv6 = [
  '::ffff:0:0/96', // mapped (RFC 4291, section 2.5.5.2)
  '::/96', // compatible, withdrawn; unspecified and loopback are in it (section 2.5.5.1)
  '64:ff9b::/96', // NAT64 (RFC 6052)
  '64:ff9b:1::/48', // a network's own NAT64 (RFC 8215)
  '2002::/16', // 6to4 (RFC 3056)
  '2001::/23', // protocols: Teredo with addresses inside, benchmarks, ORCHID (RFC 2928)
  '100::/64', // discarded (RFC 6666)
  '100:0:0:1::/64', // a dummy prefix (RFC 9780)
  '5f00::/16', // segment routing, of one network (RFC 9602)
  'fc00::/7',
  'fe80::/10',
  'fec0::/10', // of a site, withdrawn (RFC 3879)
  'ff00::/8',
];

export function wallRules(plan: WallPlan): WallRules {
  return { ipv4: rulesOf(only(plan, false), refusedIpv4, []), ipv6: ipv6Rules(plan) };
}

function ipv6Rules(plan: WallPlan): string {
  const neighbourDiscovery = [133, 135, 136].map(
    (type) => `-A OUTPUT -p ipv6-icmp --icmpv6-type ${type} -j ACCEPT`,
  );
  return rulesOf(only(plan, true), refusedIpv6, neighbourDiscovery);
}

function rulesOf(plan: WallPlan, refused: readonly string[], first: readonly string[]): string {
  const lines = [
    '*filter',
    ':OUTPUT ACCEPT [0:0]',
    '-A OUTPUT -o lo -j ACCEPT',
    ...first,
    ...plan.resolvers.flatMap((address) =>
      ['udp', 'tcp'].map(
        (protocol) => `-A OUTPUT -d ${address} -p ${protocol} --dport 53 -j ACCEPT`,
      ),
    ),
    ...plan.allow.map((block) => `-A OUTPUT -d ${block} -j ACCEPT`),
    ...[...plan.hostAddresses, ...refused].flatMap(refusals),
    'COMMIT',
  ];
  return `${lines.join('\n')}\n`;
}

/** At once and in TCP's own words, or a client behind the user-mode network waits for its time-out. */
function refusals(block: string): readonly string[] {
  return [
    `-A OUTPUT -d ${block} -p tcp -j REJECT --reject-with tcp-reset`,
    `-A OUTPUT -d ${block} -j REJECT`,
  ];
}

function only(plan: WallPlan, ipv6: boolean): WallPlan {
  const ofFamily = (block: string) => isIPv6(block.split('/')[0] ?? '') === ipv6;
  return {
    resolvers: plan.resolvers.filter(ofFamily),
    allow: plan.allow.filter(ofFamily),
    hostAddresses: plan.hostAddresses.filter(ofFamily),
  };
}
