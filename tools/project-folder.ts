import { fileURLToPath } from 'node:url';

/** The root of the clone. */
export const projectFolder = fileURLToPath(new URL('..', import.meta.url));
