import type { OperationRow } from './operations-table.ts';
import { row } from './table.ts';

//                          anonymous wrong attempt other reader owner administrator
const everybody = row('in    in    in    in   in   in   in');
const list = row('in    login login in   in   in   in');
const read = {
  public: row('in    login login in   in   in   in'),
  private: row('none  login login none in   in   in'),
};
const write = {
  public: row('login login login no   no   in   in'),
  private: row('login login login none no   in   in'),
};

/** Every operation of Docker Hub's API by its id, at the newer of its addresses. */
export const hubRows: Readonly<Record<string, OperationRow>> = {
  hubLogin: { public: everybody, body: { username: 'ada', password: 'correct horse battery' } },
  hubIssueToken: {
    public: everybody,
    body: { identifier: 'ada', secret: 'correct horse battery' },
  },

  hubWhoAmI: { public: row('login login login in   in   in   in') },

  hubListRepositories: { public: list },
  hubCreateRepository: {
    public: row('login login login no   no   in   in'),
    body: (unique) => ({ name: unique }),
  },
  hubShowRepository: read,
  hubUpdateRepository: { ...write, body: { description: 'changed' } },
  hubSetImmutableTags: {
    ...write,
    body: { immutable_tags: false, immutable_tags_rules: ['^v'] },
  },
  hubDeleteRepository: write,
  hubListTags: read,
  hubShowTag: read,
  hubDeleteTag: write,
  hubSetPrivacy: { ...write, body: (unique) => ({ is_private: unique.startsWith('private') }) },
};
