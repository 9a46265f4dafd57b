import type { RegistryRequest } from '#registry';
import type { CallerName } from './callers.ts';
import type { Decision } from './decision.ts';
import { row } from './table.ts';

type Kind = RegistryRequest['kind'];
type Action = 'check' | 'pull' | 'push' | 'delete';

export interface RegistryRow {
  readonly method: string;
  /** Below `/v2/<namespace>/<name>/`. */
  readonly path: string;
  readonly action: Action;
}

const digest = `sha256:${'0'.repeat(64)}`;
const session = '00000000-0000-4000-8000-000000000000';

/**
 * A sample of every kind of registry request; a new kind without one does not compile. None changes
 * anything that another one needs.
 */
export const registryRows = {
  check: { method: 'GET', path: '', action: 'check' },
  'manifest-get': { method: 'GET', path: 'manifests/latest', action: 'pull' },
  'manifest-head': { method: 'HEAD', path: 'manifests/latest', action: 'pull' },
  'manifest-put': { method: 'PUT', path: 'manifests/new', action: 'push' },
  'manifest-delete': { method: 'DELETE', path: 'manifests/gone', action: 'delete' },
  'blob-get': { method: 'GET', path: `blobs/${digest}`, action: 'pull' },
  'blob-head': { method: 'HEAD', path: 'blobs/{config}', action: 'pull' },
  'blob-delete': { method: 'DELETE', path: `blobs/${digest}`, action: 'delete' },
  'upload-start': { method: 'POST', path: 'blobs/uploads/', action: 'push' },
  'upload-status': { method: 'GET', path: `blobs/uploads/${session}`, action: 'push' },
  'upload-append': { method: 'PATCH', path: `blobs/uploads/${session}`, action: 'push' },
  'upload-finish': {
    method: 'PUT',
    path: `blobs/uploads/${session}?digest=${digest}`,
    action: 'push',
  },
  'upload-cancel': { method: 'DELETE', path: `blobs/uploads/${session}`, action: 'push' },
  'tag-list': { method: 'GET', path: 'tags/list', action: 'pull' },
} as const satisfies Record<Kind, RegistryRow>;

type Rows = Readonly<
  Record<
    Exclude<Action, 'check'>,
    Readonly<Record<'public' | 'private', Readonly<Record<CallerName, Decision>>>>
  >
>;

/** With the credential itself: a name with password or token, or an attempt's token. */
export const direct: Rows = {
  //                  anonymous wrong attempt other reader owner administrator
  pull: {
    public: row('login login in   in   in   in   in'),
    private: row('login login none none in   in   in'),
  },
  push: {
    public: row('login login no   no   no   in   in'),
    private: row('login login no   no   no   in   in'),
  },
  delete: {
    public: row('login login no   no   no   in   in'),
    private: row('login login no   no   no   in   in'),
  },
};

/** With what the token service gives for the same credential; an attempt gets none there. */
export const throughTokenService: Rows = {
  //                  anonymous wrong attempt other reader owner administrator
  pull: {
    public: row('in    login login in   in   in   in'),
    private: row('login login login none in   in   in'),
  },
  push: {
    public: row('login login login no   no   in   in'),
    private: row('login login login no   no   in   in'),
  },
  delete: {
    public: row('login login login no   no   in   in'),
    private: row('login login login no   no   in   in'),
  },
};

export const checkRow = {
  direct: row('login login in in in in in'),
  throughTokenService: row('in login login in in in in'),
};
