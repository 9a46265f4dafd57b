import type { Clock, Instant } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import type { Visit } from '../registry.ts';
import { registryErrors } from '../registry-errors.ts';
import { countOpenUploads, countOwnUploads } from './upload-store.ts';

/** How many uploads may be open, begun and neither finished nor canceled nor expired. */
export interface UploadLimitsOptions {
  readonly perCaller: number;
  readonly perRepository: number;
  readonly inAll: number;
}

const countedForMilliseconds = 1000;
const retryAfterSeconds = 60;

/**
 * Refuses to begin uploads where too many are open. They guard against clients that begin and never
 * end, so a few that begin at the same moment may pass. Uploads in one request are not refused: they
 * last as long as their connection.
 */
export class UploadLimits {
  readonly #limits: UploadLimitsOptions;
  readonly #clock: Clock;
  #inAll = 0;
  #countedAt: Instant | undefined;

  constructor(limits: UploadLimitsOptions, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Throws `UPLOADS_TOO_MANY` with what to do. */
  async assertRoom(tx: WriteTransaction, { repositoryId, actor }: Visit): Promise<void> {
    const now = this.#clock.now();
    const { perCaller, perRepository, inAll } = this.#limits;
    const scope = { repositoryId, subject: actor.subject, now };
    const open = await countOwnUploads(tx, scope, { perCaller, perRepository });
    if (open.byCaller >= perCaller) throw tooMany('you have', open.byCaller);
    if (open.inRepository >= perRepository) throw tooMany('this repository has', open.inRepository);
    if ((await this.#countAll(tx, now)) >= inAll) throw tooMany('this registry has', inAll);
    this.#inAll += 1;
  }

  /** Counts anew once a second: what begins elsewhere meanwhile is not seen. */
  async #countAll(tx: WriteTransaction, now: Instant): Promise<number> {
    if (this.#countedAt === undefined || now - this.#countedAt >= countedForMilliseconds) {
      this.#inAll = await countOpenUploads(tx, now, this.#limits.inAll);
      this.#countedAt = now;
    }
    return this.#inAll;
  }
}

function tooMany(whose: string, count: number) {
  return registryErrors.fail(
    'UPLOADS_TOO_MANY',
    `${whose} ${count} unfinished uploads, as many as may be: finish them, cancel them with DELETE at their Location, or wait; one without bytes ends after an hour, any other a day after its last`,
    { detail: { unfinished: count, retryAfterSeconds } },
  );
}
