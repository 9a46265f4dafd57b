import { parseRepositoryName, type RepositoryName, ruleDefaults } from '#kernel';
import { TestClock } from '#kernel/testing';
import { createSecretBox, systemIds } from '#platform/crypto';
import type { Database, DialectName, WriteTransaction } from '#platform/db';
import { openTestDatabase } from '#platform/db/testing';
import { Events } from '#platform/events';
import { jobsMigrations } from '#platform/jobs';
import { Schedule } from '#platform/schedule';
import { RecordingLogger } from '#platform/telemetry/testing';
import type { CloneAccess, KnownRef, RefChange, Source } from '#sources';
import { type BlobStore, createMemoryBlobStore } from '#storage';
import { createAttemptFence } from '../attempts/fence.ts';
import type { LeasedAttempt } from '../attempts/lease-attempt.ts';
import { createBuildQueue } from '../build-queue.ts';
import { closeConnection } from '../builders/builder-connection-store.ts';
import { handOut } from '../builders/hand-out.ts';
import { openConnection } from '../builders/open-connection.ts';
import { buildsMigrations } from '../builds-migrations.ts';
import type { BuildSources } from '../builds-options.ts';
import type { BuildVariable } from '../configurations/configuration.ts';
import { type Builds, createBuilds } from '../create-builds.ts';
import type { RefName, RuleText } from '../rules/build-rule.ts';
import { MemoryPublisher } from './memory-publisher.ts';

export const sourceId = 7;
export const repositoryId = 3;
export const repositoryName: RepositoryName = parseRepositoryName('acme/app');

const source: Source = {
  id: sourceId,
  provider: 'embedded',
  name: repositoryName,
  defaultBranch: 'main',
  createdAt: 0,
};

export interface FixtureOptions {
  readonly concurrency?: number;
  readonly pending?: number;
  readonly timeLimitMilliseconds?: number;
}

/** The room on a database of its own, with a source whose refs the test pushes. */
export class BuildsFixture implements AsyncDisposable {
  readonly database: Database;
  readonly clock = new TestClock();
  readonly logger = new RecordingLogger();
  readonly blobs: BlobStore = createMemoryBlobStore();
  readonly publisher: MemoryPublisher;
  readonly builds: Builds;
  readonly #options: FixtureOptions;
  readonly #fence = createAttemptFence();
  readonly #heads = new Map<string, KnownRef>();
  /** Names of refs that sources fail to tell of. */
  readonly unreadable = new Set<string>();
  /** How sources answer the question for a clone. */
  cloneAccess: () => Promise<CloneAccess> = async () => ({ kind: 'gateway', path: '/clone' });
  readonly #sources: BuildSources = {
    get: async () => source,
    findRef: async (_source, ref) => {
      if (this.unreadable.has(ref.name)) throw new Error(`${ref.name} can't be read`);
      return this.#heads.get(keyOf(ref));
    },
    cloneAccess: () => this.cloneAccess(),
  };
  readonly #connections = new Map<string, number>();
  #secretBox = createSecretBox(Buffer.alloc(32, 1));
  #seq = 0;
  #deliveries = 0;

  private constructor(database: Database, options: FixtureOptions) {
    this.database = database;
    this.#options = options;
    this.publisher = new MemoryPublisher();
    this.builds = this.openServer();
  }

  static async open(dialect: DialectName, options: FixtureOptions = {}): Promise<BuildsFixture> {
    const migrations = [...jobsMigrations, ...buildsMigrations];
    return new BuildsFixture(await openTestDatabase(dialect, migrations), options);
  }

  /** Another server on the same database, blobs and sources. */
  openServer(): Builds {
    const { concurrency = 15, pending = 30, timeLimitMilliseconds = 14_400_000 } = this.#options;
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

  /** Sets up automated builds of `acme/app`. */
  configure(
    rules: readonly Partial<RuleText>[],
    autotest: 'off' | 'internal' = 'off',
    variables: readonly BuildVariable[] = [],
  ) {
    return this.builds.configurations.save({
      repositoryId,
      repositoryName,
      sourceId,
      defaultBranch: 'main',
      autotest,
      rules: rules.map(rule),
      variables,
    });
  }

  /** What was sealed before can be opened by nobody any more. */
  changeSecretKey(): void {
    this.#secretBox = createSecretBox(Buffer.alloc(32, 2));
  }

  /** Pushes commits, as one delivery. Gives the delivery's id. */
  async push(
    ...refs: readonly (RefName & { readonly commit?: string | undefined })[]
  ): Promise<number> {
    this.#deliveries += 1;
    const id = this.#deliveries;
    const changes = refs.map((ref) => this.#change(ref));
    await this.#plan(id, changes);
    return id;
  }

  /** As sources do: step by step, as far as each goes. */
  async #plan(deliveryId: number, changes: readonly RefChange[]): Promise<void> {
    const step = { sourceId, deliveryId, changes };
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
    const verdicts = await this.builds.history.verdicts(repositoryId, [deliveryId]);
    return verdicts.get(deliveryId) ?? [];
  }

  async listBuilds() {
    return this.builds.history.list({ repositoryId, limit: 100 });
  }

  async report(buildId: number) {
    const report = await this.builds.history.report(buildId);
    if (report === undefined) throw new Error(`there is no build ${buildId}`);
    return report;
  }

  /** A builder connects, or connects again; `running` are the attempts that it still holds. */
  async connect(
    builder = 'builder-1',
    running: readonly string[] = [],
  ): Promise<{ readonly id: number; readonly strangers: readonly string[] }> {
    const greeting = { name: builder, slots: 100, versions: {}, running };
    const opened = await openConnection(this.#parts(), greeting);
    this.#connections.set(builder, opened.id);
    return opened;
  }

  /** A builder says that it lives. */
  async hear(running: readonly string[], builder = 'builder-1'): Promise<void> {
    await this.builds.builders.hear({ connectionId: await this.#connection(builder), running });
  }

  /** The connection breaks, and its builder does not come back within the grace. */
  async loseBuilder(builder = 'builder-1'): Promise<void> {
    const id = await this.#connection(builder);
    await this.database.transact((tx) => closeConnection(tx, id, this.clock.now()));
    this.clock.advance(3_000);
    await this.tick();
  }

  /** The builder connects again where it was given up meanwhile. */
  async tryLease(builder = 'builder-1'): Promise<LeasedAttempt | undefined> {
    const leased = await this.#handOut(builder, await this.#connection(builder));
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

  async #connection(builder: string): Promise<number> {
    return this.#connections.get(builder) ?? (await this.connect(builder)).id;
  }

  #parts() {
    const { database, clock, publisher } = this;
    const { events } = this.builds;
    const queue = createBuildQueue();
    const common = { database, clock, publisher, events, queue, ids: systemIds };
    const others = { secretBox: this.#secretBox, sources: this.#sources };
    return { ...common, ...others, serverId: 'server-under-test' };
  }

  /** What an attempt's push does in the registry: a fence and a staged tag. */
  stage(attemptId: string, tag: string, digest = `sha256:${tag}`): Promise<void> {
    return this.database.transact(async (tx: WriteTransaction) => {
      await this.#fence.assertLive(tx, attemptId);
      this.publisher.stage(attemptId, tag, digest);
    });
  }

  async logTexts(attemptId: string): Promise<readonly string[]> {
    const page = await this.builds.logs.read(attemptId, { from: 0, limit: 10_000 });
    return page.lines.map(({ text }) => text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database[Symbol.asyncDispose]();
  }
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
