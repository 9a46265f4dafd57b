import { apiErrors } from '../api-errors.ts';
import type { Route } from './route.ts';

/** A route, and what the path says in the places of its parameters. */
export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** One segment of the paths that share a beginning. */
interface Place {
  readonly named: Map<string, Place>;
  any?: Place;
  /** What ends here, by method. */
  readonly routes: Map<string, Route>;
}

/** No name is longer. */
const longestSegment = 1_024;

/**
 * Finds routes by method and path below the prefix. A segment that a route names goes before a
 * parameter; HEAD is answered by what answers GET, unless that is a stream. What it gives throws
 * `VALIDATION_FAILED` for a parameter that can't be decoded.
 */
export function createRouteTable(
  routes: readonly Route[],
): (method: string, path: string) => Match | undefined {
  const root = newPlace();
  for (const route of routes) addRoute(root, route);
  return (method, path) => {
    const segments = path.split('/').slice(1);
    const isHead = method === 'HEAD';
    const route = findIn(root, segments.map(looselyDecoded), isHead ? 'GET' : method);
    if (route === undefined || (isHead && route.kind === 'stream')) return undefined;
    return { route, params: paramsOf(route, segments) };
  };
}

function addRoute(root: Place, route: Route): void {
  const { id, method } = route.operation;
  let place = root;
  for (const part of segmentsOf(route)) place = nextPlace(place, part);
  if (place.routes.has(method)) throw new Error(`${id} has the path of another operation`);
  place.routes.set(method, route);
}

function paramsOf(route: Route, segments: readonly string[]): Match['params'] {
  const named = segmentsOf(route).flatMap((part, index) => {
    const name = nameOf(part);
    return name === undefined ? [] : [[name, parameterOf(segments[index] ?? '')] as const];
  });
  return Object.fromEntries(named);
}

function newPlace(): Place {
  return { named: new Map(), routes: new Map() };
}

function nextPlace(place: Place, part: string): Place {
  if (nameOf(part) !== undefined) return (place.any ??= newPlace());
  const next = place.named.get(part) ?? newPlace();
  place.named.set(part, next);
  return next;
}

function findIn(
  place: Place | undefined,
  [segment, ...rest]: readonly string[],
  method: string,
): Route | undefined {
  if (place === undefined) return undefined;
  if (segment === undefined) return place.routes.get(method);
  return (
    findIn(place.named.get(segment), rest, method) ??
    (segment === '' ? undefined : findIn(place.any, rest, method))
  );
}

function segmentsOf({ operation }: Route): readonly string[] {
  return operation.path.split('/').slice(1);
}

/** The name in `{name}`; `undefined` for a segment that stands for itself. */
function nameOf(part: string): string | undefined {
  return /^\{(\w+)\}$/.exec(part)?.[1];
}

function parameterOf(segment: string): string {
  if (segment.length > longestSegment) {
    throw apiErrors.fail('VALIDATION_FAILED', 'a part of the path is too long to be a name');
  }
  try {
    return decodeURIComponent(segment);
  } catch {
    throw apiErrors.fail('VALIDATION_FAILED', 'the path is not valid URL encoding');
  }
}

/** For finding a route, where what can't be decoded stands for itself. */
function looselyDecoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
