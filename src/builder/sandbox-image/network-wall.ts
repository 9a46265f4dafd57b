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
 * Not here: the ranges set aside for documentation, which some networks use for their mirrors
 * (RFC 5737). 168.63.129.16 is Azure's metadata and resolver address, 192.0.0.0/24 holds another.
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
  '192.168.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** The last ones are IPv4 addresses in IPv6's clothes: mapped, and translated (RFC 6052). */
const refusedIpv6 = [
  '::/128',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
  '::ffff:0:0/96',
  '64:ff9b::/96',
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
