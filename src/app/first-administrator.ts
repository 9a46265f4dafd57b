import type { Registration } from '#credentials';
import { AppError } from '#kernel';
import type { Config } from '#platform/config';
import type { Logger } from '#platform/telemetry';
import { startErrors } from './start-errors.ts';

/**
 * Makes the administrator that the settings name, where there is none yet. Throws
 * `FIRST_ADMINISTRATOR_INVALID`.
 */
export async function makeFirstAdministrator(
  registration: Registration,
  {
    config,
    logger,
  }: {
    readonly config: Pick<Config, 'adminUsername' | 'adminPassword'>;
    readonly logger: Logger;
  },
): Promise<void> {
  const { adminUsername: name, adminPassword: password } = config;
  if (name === undefined || password === undefined) return;
  const made = await registration.ensureFirstAdministrator({ name, password }).catch(explain);
  if (made !== undefined) logger.info({ username: made.name }, 'made the first administrator');
}

function explain(error: unknown): never {
  if (!(error instanceof AppError)) throw error;
  throw startErrors.fail(
    'FIRST_ADMINISTRATOR_INVALID',
    `correct SLIPWAY_ADMIN_USERNAME or SLIPWAY_ADMIN_PASSWORD: ${error.message}`,
    { cause: error },
  );
}
