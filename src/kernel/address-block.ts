const groupsOfBlock = 4;

/**
 * What counts as one remote address for limits: an IPv4 address itself, of an IPv6 address its /64,
 * since a single customer has at least that many to send from.
 */
export function addressBlock(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  return `${expandGroups(address).slice(0, groupsOfBlock).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, without leading zeros; a dotted tail counts as two. */
function expandGroups(address: string): readonly string[] {
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const front = splitGroups(head);
  const back = splitGroups(tail);
  const missing = Math.max(0, 8 - front.length - back.length);
  return [...front, ...Array<string>(missing).fill('0'), ...back];
}

function splitGroups(text: string): readonly string[] {
  if (text === '') return [];
  return text
    .split(':')
    .flatMap((group) => (group.includes('.') ? ['0', '0'] : [group.replace(/^0+(?=.)/, '')]));
}
