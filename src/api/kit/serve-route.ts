import { accessErrors, loginNeeded } from '#access';
import { type Exchange, forwardedOriginOf, remoteAddressOf } from '#platform/http';
import { answerCall } from './answer-call.ts';
import { fieldsOf } from './body-formats.ts';
import { checkInput } from './check-input.ts';
import type { HttpApi } from './create-http-api.ts';
import { readInput } from './read-input.ts';
import type { Admission } from './route.ts';
import type { Match } from './route-table.ts';

/**
 * One request from its headers to its answer. Who calls, and whether they may, is settled before the
 * body is read, so that nobody makes the server work who has no business here.
 */
export async function serveRoute<Caller extends object>(
  api: HttpApi<Caller>,
  { route, params: pathParams }: Match,
  exchange: Exchange,
): Promise<void> {
  const { operation, admission } = route;
  const { request } = exchange;
  const address = new URL(request.url ?? '/', forwardedOriginOf(request) ?? api.publicUrl);
  const caller = await admit(api, admission, exchange);
  const params = checkInput(operation.params, pathParams, { place: 'the path' });
  const asked = fieldsOf(address.searchParams);
  const query = checkInput(operation.query, asked, { place: 'the query' });
  const findings = await admission.check?.({ ...caller, params });
  const input = await readInput(request, operation, api.style.bodyFormats);
  const { takesNul = false } = operation;
  const body = checkInput(operation.body, input, { place: 'the body', takesNul });
  const call = { ...caller, params, query, body, ...findings };
  await answerCall(api, { route, call, address }, exchange);
}

type Placed<Caller> = Caller & {
  readonly remoteAddress: string;
  readonly userAgent: string | undefined;
};

/** Who calls, and from where. Throws for a wrong credential, and for nobody where somebody is needed. */
async function admit<Caller extends object>(
  { authenticate, isNobody }: HttpApi<Caller>,
  { isOpen = false, ignoresCredential = false }: Admission<object, unknown, object>,
  { request }: Exchange,
): Promise<Placed<Caller>> {
  const remoteAddress = remoteAddressOf(request);
  const authorization = ignoresCredential ? undefined : request.headers.authorization;
  const caller = await authenticate({ authorization, remoteAddress });
  if (isOpen || !isNobody(caller)) {
    return { ...caller, remoteAddress, userAgent: request.headers['user-agent'] };
  }
  throw accessErrors.fail('UNAUTHENTICATED', loginNeeded);
}
