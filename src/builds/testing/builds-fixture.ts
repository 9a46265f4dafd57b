import type { Person } from '#access';
import { openTestCredentials, type TestCredentials } from '#credentials/testing';
import { parseAttemptId, parseRepositoryName, type RepositoryName, ruleDefaults } from '#kernel';
import type { TestClock } from '#kernel/testing';
import { createSecretBox, systemIds } from '#platform/crypto';
import type { DialectName, WriteTransaction } from '#platform/db';
import type { DoubtfulDatabase } from '#platform/db/testing';
import { Events } from '#platform/events';
import { jobsMigrations } from '#platform/jobs';
import { Schedule } from '#platform/schedule';
import { RecordingLogger } from '#platform/telemetry/testing';
import { createRepositories, type Repositories, repositoriesMigrations } from '#repositories';
import {
  type CloneAccess,
  type Delivery,
  type KnownRef,
  putSource,
  type RefChange,
  type SourceName,
  sourcesMigrations,
} from '#sources';
import { type BlobStore, createMemoryBlobStore } from '#storage';
import { createAttemptFence } from '../attempts/fence.ts';
import type { LeasedAttempt } from '../attempts/lease-attempt.ts';
import { createBuildQueue } from '../build-queue.ts';
import { closeConnection } from '../builders/builder-connection-store.ts';
import { handOut } from '../builders/hand-out.ts';
import { type OpenedConnection, openConnection } from '../builders/open-connection.ts';
import { buildsMigrations } from '../builds-migrations.ts';
import type { BuildSources } from '../builds-options.ts';
import type { BuildVariable } from '../configurations/build-variables.ts';
import { type Builds, createBuilds } from '../create-builds.ts';
import type { LogRange } from '../logs/read-log.ts';
import type { RefName, RuleText } from '../rules/build-rule.ts';
import { MemoryPublisher } from './memory-publisher.ts';

export const repositoryName: RepositoryName = parseRepositoryName('acme/app');

export const source: SourceName = { provider: 'embedded', name: repositoryName };

export interface FixtureOptions {
  readonly concurrency?: number;
  readonly pending?: number;
  readonly perPush?: number;
  readonly timeLimitMilliseconds?: number;
}

type PushedRef = Partial<RefName> &
  Pick<RefName, 'name'> & { readonly commit?: string | undefined };

/** The room on a database of its own, with a source whose refs the test pushes. */
export class BuildsFixture implements AsyncDisposable {
  readonly database: DoubtfulDatabase;
  readonly clock: TestClock;
  readonly logger = new RecordingLogger();
  readonly blobs: BlobStore = createMemoryBlobStore();
  readonly publisher: MemoryPublisher;
  readonly repositories: Repositories;
  readonly builds: Builds;
  /** Who owns the repository. */
  readonly acme: Person;
  readonly repositoryId: number;
  readonly sourceId: number;
  readonly #people: TestCredentials;
  readonly #options: FixtureOptions;
  readonly #fence = createAttemptFence();
  readonly #heads = new Map<string, KnownRef>();
  /** Names of refs that sources fail to tell of. */
  readonly unreadable = new Set<string>();
  /** How sources answer the question for a clone. */
  cloneAccess: () => Promise<CloneAccess> = async () => ({ kind: 'gateway', path: '/clone' });
  readonly #sources: BuildSources = {
    prepare: async () => undefined,
    cloneAccess: () => this.cloneAccess(),
    listRefs: async () => [...this.#heads.values()],
    findRef: async (_source, ref) => {
      if (this.unreadable.has(ref.name)) throw new Error(`${ref.name} can't be read`);
      return this.#heads.get(keyOf(ref));
    },
    listDeliveries: async (_source, { before = Infinity, limit }) => {
      const earlier = this.#deliveries.filter(({ id }) => id < before);
      return earlier.toReversed().slice(0, limit);
    },
  };
  readonly #connections = new Map<string, OpenedConnection>();
  #secretBox = createSecretBox(Buffer.alloc(32, 1));
  #seq = 0;
  readonly #deliveries: Delivery[] = [];

  private constructor(place: Place, options: FixtureOptions) {
    this.#people = place.people;
    this.database = place.people.database;
    this.clock = place.people.clock;
    this.repositories = place.repositories;
    this.acme = place.acme;
    this.repositoryId = place.repositoryId;
    this.sourceId = place.sourceId;
    this.#options = options;
    this.publisher = new MemoryPublisher();
    this.builds = this.openServer();
  }

  static async open(dialect: DialectName, options: FixtureOptions = {}): Promise<BuildsFixture> {
    const people = await openTestCredentials(dialect, [
      ...repositoriesMigrations,
      ...sourcesMigrations,
      ...jobsMigrations,
      ...buildsMigrations,
    ]);
    return new BuildsFixture(await makePlace(people), options);
  }

  /** Another server on the same database, blobs and sources. */
  openServer(): Builds {
    const { concurrency = 15, pending = 30, perPush = 100 } = this.#options;
    const { timeLimitMilliseconds = 14_400_000 } = this.#options;
    return createBuilds({
      database: this.database,
      clock: this.clock,
      ids: systemIds,
      logs: this.blobs,
      events: this.openEvents(),
      logger: this.logger,
      publisher: this.publisher,
      secretBox: this.#secretBox,
      sources: this.#sources,
      limits: {
        concurrency: () => concurrency,
        pending: () => pending,
        perPush: () => perPush,
        timeLimitMilliseconds,
      },
    });
  }

  /** Does all that is due now, as a server's schedule does. What fails is logged. */
  async runDuties(server = this.builds): Promise<void> {
    await using schedule = new Schedule({ clock: this.clock, logger: this.logger });
    schedule.add(...server.keeper.duties);
    await schedule.runAll();
  }

  /** Does all that is due now, where nothing of it is expected to fail. */
  async tick(server = this.builds): Promise<void> {
    const before = this.logger.failures.length;
    await this.runDuties(server);
    for (const { fields } of this.logger.failures.slice(before)) throw fields['error'];
  }

  /** Of a server of its own. */
  openEvents(): Events {
    return new Events({
      database: this.database,
      ids: systemIds,
      clock: this.clock,
      logger: this.logger,
    });
  }

  /** Somebody who owns nothing yet. */
  addPerson(name: string): Promise<Person> {
    return this.#people.addUser(name);
  }

  /** Sets up automated builds of `acme/app`. */
  configure(
    rules: readonly Partial<RuleText>[],
    autotest: 'off' | 'internal' = 'off',
    variables: readonly BuildVariable[] = [],
  ) {
    const input = { autotest, rules: rules.map(rule), variables };
    return this.builds.configurations.save(this.acme, repositoryName, input);
  }

  /** What was sealed before can be opened by nobody any more. */
  changeSecretKey(): void {
    this.#secretBox = createSecretBox(Buffer.alloc(32, 2));
  }

  /** Pushes commits, as one delivery. Gives the delivery's id. */
  async push(
    ...refs: readonly (RefName & { readonly commit?: string | undefined })[]
  ): Promise<number> {
    const changes = this.changesOf(...refs);
    const id = this.keepDelivery(changes);
    await this.#plan(id, changes);
    return id;
  }

  /** What a push changes, not planned yet. A ref is a branch unless it says what it is. */
  changesOf(...refs: readonly PushedRef[]): readonly RefChange[] {
    return refs.map((ref) => this.#change({ type: 'branch', ...ref }));
  }

  /** Lets sources know of a delivery. Gives its id. */
  keepDelivery(changes: readonly RefChange[]): number {
    const id = this.#deliveries.length + 1;
    const common = { id, sourceId: this.sourceId, receivedAt: this.clock.now() };
    this.#deliveries.push({ ...common, cause: 'push', state: 'done', changes });
    return id;
  }

  /** As sources do: step by step, as far as each goes. */
  async #plan(deliveryId: number, changes: readonly RefChange[]): Promise<void> {
    const step = { sourceId: this.sourceId, deliveryId, changes };
    const taken = await this.database.transact((tx) => this.builds.planner.takeUp(tx, step));
    if (taken < changes.length) await this.#plan(deliveryId, changes.slice(taken));
  }

  pushBranch(name: string, commit: string): Promise<number> {
    return this.push({ type: 'branch', name, commit });
  }

  #change({ type, name, commit }: RefName & { readonly commit?: string | undefined }) {
    this.#seq += 1;
    const seq = this.#seq;
    const key = keyOf({ type, name });
    if (commit === undefined) {
      this.#heads.delete(key);
      return { seq, type, name };
    }
    const change = { seq, type, name, commit };
    this.#heads.set(key, change);
    return change;
  }

  async verdictsOf(deliveryId: number) {
    const page = { before: deliveryId + 1, limit: 1, partsOfEach: 10_000 };
    const [report] = await this.builds.history.deliveries(this.acme, repositoryName, page);
    return report?.verdicts ?? [];
  }

  listBuilds() {
    return this.builds.history.list(this.acme, repositoryName, { limit: 100 });
  }

  report(buildId: number) {
    return this.builds.history.report(this.acme, buildId);
  }

  /** A builder connects, or connects again; `running` are the attempts that it still holds. */
  async connect(builder = 'builder-1', running: readonly string[] = []): Promise<OpenedConnection> {
    const greeting = { name: builder, slots: 100, versions: {}, running };
    const opened = await openConnection(this.#parts(), greeting);
    this.#connections.set(builder, opened);
    return opened;
  }

  /** A builder says that it lives. */
  async hear(running: readonly string[], builder = 'builder-1'): Promise<void> {
    const { connectionId } = await this.#connection(builder);
    await this.builds.builders.hear({ connectionId, running });
  }

  /** The connection breaks, and its builder does not come back within the grace. */
  async loseBuilder(builder = 'builder-1'): Promise<void> {
    const { id } = await this.#connection(builder);
    await this.database.transact((tx) => closeConnection(tx, id, this.clock.now()));
    this.clock.advance(3_000);
    await this.tick();
  }

  /** The builder connects again where it was given up meanwhile. */
  async tryLease(builder = 'builder-1'): Promise<LeasedAttempt | undefined> {
    const leased = await this.#handOut(builder, (await this.#connection(builder)).id);
    if (leased !== 'closed') return leased === 'nothing' ? undefined : leased;
    await this.connect(builder);
    return this.tryLease(builder);
  }

  #handOut(name: string, connectionId: number) {
    const builder = { name, versions: {}, connectionId };
    return handOut(this.#parts(), builder);
  }

  async lease(builder = 'builder-1'): Promise<LeasedAttempt> {
    const leased = await this.tryLease(builder);
    if (leased === undefined) throw new Error('there was nothing to lease');
    return leased;
  }

  async #connection(builder: string): Promise<OpenedConnection> {
    return this.#connections.get(builder) ?? this.connect(builder);
  }

  #parts() {
    const { database, clock, publisher } = this;
    const { events } = this.builds;
    const queue = createBuildQueue();
    const common = { database, clock, publisher, events, queue, ids: systemIds };
    const others = { logger: this.logger, secretBox: this.#secretBox, sources: this.#sources };
    return { ...common, ...others, serverId: 'server-under-test' };
  }

  /** What an attempt's push does in the registry: a fence and a staged tag. */
  stage(attemptId: string, tag: string, digest = `sha256:${tag}`): Promise<void> {
    return this.database.transact(async (tx: WriteTransaction) => {
      await this.#fence.assertLive(tx, attemptId);
      this.publisher.stage(attemptId, tag, digest);
    });
  }

  readLog(attemptId: string, range: LogRange) {
    const { buildId = 0, number: attempt } = parseAttemptId(attemptId) ?? {};
    return this.builds.logs.read(this.acme, buildId, { ...range, attempt });
  }

  async logTexts(attemptId: string): Promise<readonly string[]> {
    const { lines } = await this.readLog(attemptId, { from: 0, limit: 10_000 });
    return lines.map(({ text }) => text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#people[Symbol.asyncDispose]();
  }
}

interface Place {
  readonly people: TestCredentials;
  readonly repositories: Repositories;
  readonly acme: Person;
  readonly repositoryId: number;
  readonly sourceId: number;
}

/** Acme's repository, and the git repository of its name that it is built from. */
async function makePlace(people: TestCredentials): Promise<Place> {
  const { database, clock } = people;
  const acme = await people.addUser('acme');
  const repositories = createRepositories({ database, clock, isPrivateByDefault: false });
  const { id: repositoryId } = await repositories.create(acme, { name: repositoryName });
  const { id: sourceId } = await database.transact((tx) =>
    putSource(tx, { ...source, createdAt: 0 }),
  );
  return { people, repositories, acme, repositoryId, sourceId };
}

/** A rule with everything that is not given as a new rule has it. */
export function rule(text: Partial<RuleText>): RuleText {
  return { ...ruleDefaults, source: 'main', dockerTags: 'latest', ...text };
}

/** A commit that can be told from others. */
export function commit(letter: string): string {
  return letter.repeat(40).slice(0, 40);
}

function keyOf({ type, name }: RefName): string {
  return `${type} ${name}`;
}
