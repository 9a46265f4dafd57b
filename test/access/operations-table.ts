import type { CallerName } from './callers.ts';
import type { Decision } from './decision.ts';
import { row } from './table.ts';

type Row = Readonly<Record<CallerName, Decision>>;

/** A sample request of an operation, and what becomes of it. */
export interface OperationRow {
  readonly query?: string;
  readonly body?: object | ((unique: string) => object);
  /** Its callers have to log in again afterwards. */
  readonly endsLogIns?: true;
  /** For a public repository, or for operations that name none. */
  readonly public: Row;
  /** For a private one; absent where the operation names none. */
  readonly private?: Row;
}

const rule = { source: 'main', dockerTags: 'latest' };

//                          anonymous wrong attempt other reader owner administrator
const everybody = row('in    in    in    in   in   in   in');
const signedIn = row('login login login in   in   in   in');
const read = {
  public: row('in    login login in   in   in   in'),
  private: row('none  login login none in   in   in'),
};
const write = {
  public: row('login login login no   no   in   in'),
  private: row('login login login none no   in   in'),
};
/** How images are made is for those who were given access, be these images public or not. */
const readBuilds = {
  public: row('login login login no   in   in   in'),
  private: row('login login login none in   in   in'),
};
/** A build is known by its number alone: to others it is not there. */
const readBuild = {
  public: row('login login login none in   in   in'),
  private: row('login login login none in   in   in'),
};
const writeBuild = {
  public: row('login login login none no   in   in'),
  private: row('login login login none no   in   in'),
};

/** Every operation of the API by its id, streams included. */
export const operationRows: Readonly<Record<string, OperationRow>> = {
  login: { public: everybody, body: { username: 'ada', password: 'correct horse battery' } },
  whoAmI: { public: signedIn },
  changePassword: {
    public: row('login login login in   no   in   in'),
    body: { current: 'not the password', next: 'correct horse battery' },
  },
  logout: { public: row('login login login in   no   in   in'), endsLogIns: true },
  listSessions: { public: signedIn },
  endSession: { public: row('login login login in   no   in   in') },
  endOtherSessions: { public: row('login login login in   no   in   in'), endsLogIns: true },
  createUser: {
    public: row('login login login no   no   no   in'),
    body: (unique) => ({ username: unique, password: 'correct horse battery' }),
  },
  listAccessTokens: { public: signedIn },
  createAccessToken: {
    public: row('login login login in   no   in   in'),
    body: { label: 'matrix', scope: 'repo:read' },
  },
  revokeAccessToken: { public: row('login login login in   no   in   in') },

  createRepository: {
    public: row('login login login no   no   in   in'),
    body: (unique) => ({ name: `bob/${unique}` }),
  },
  listRepositories: { public: row('in    login login in   in   in   in') },
  showRepository: read,
  updateRepository: { ...write, body: { description: 'changed' } },
  listTags: read,

  showBuildConfiguration: readBuilds,
  saveBuildConfiguration: { ...write, body: { rules: [rule] } },
  addBuildRule: { ...write, body: rule },
  updateBuildRule: { ...write, body: { caching: false } },
  removeBuildRule: write,
  testBuildRules: { ...write, body: { rules: [rule], refs: [{ type: 'branch', name: 'main' }] } },
  deleteBuildConfiguration: write,

  listBuilds: readBuilds,
  startBuild: { ...write, body: {} },
  showBuild: readBuild,
  readBuildLog: readBuild,
  listDeliveries: write,
  followBuild: readBuild,
  readRawBuildLog: readBuild,
  cancelBuild: writeBuild,
  retryBuild: writeBuild,
};
