import { close, fsync, open } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The folders that keys lie in. */
export interface Folders {
  /** Makes the folder, durably, unless it is known to exist. */
  ensure(folder: string): Promise<void>;
  /** Makes the names in it durable. Callers that wait at the same time share one sync. */
  sync(folder: string): Promise<void>;
}

export function createFolders(root: string): Folders {
  const known = new Set<string>();
  const sync = shareCalls(syncFolder);
  return {
    ensure: async (folder) => {
      if (known.has(folder)) return;
      const firstMade = await mkdir(folder, { recursive: true });
      if (firstMade !== undefined) await syncUpwards(folder, dirname(root));
      known.add(folder);
    },
    sync,
  };
}

/** Syncs every folder from this one's parent up to `top`: each holds the name of the next. */
async function syncUpwards(folder: string, top: string): Promise<void> {
  for (let path = dirname(folder); path.startsWith(top); path = dirname(path)) {
    await syncFolder(path);
    if (path === dirname(path)) return;
  }
}

/** By descriptor: a FileHandle costs more than all else of it, and each small blob needs one sync. */
function syncFolder(folder: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  open(folder, 'r', (refusal, descriptor) => {
    if (refusal !== null) return reject(refusal);
    fsync(descriptor, (failure) => {
      close(descriptor, (unclosed) => {
        const error = failure ?? unclosed;
        if (error === null || error === undefined) resolve();
        else reject(error);
      });
    });
  });
  return promise;
}

/**
 * One call at a time for each argument; whoever comes while one runs shares the next, since the
 * running one may have begun before their change.
 */
function shareCalls(
  work: (argument: string) => Promise<void>,
): (argument: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();
  const start = (argument: string): Promise<void> => {
    const call = work(argument).finally(() => running.delete(argument));
    running.set(argument, call);
    return call;
  };
  return (argument) => {
    const current = running.get(argument);
    if (current === undefined) return start(argument);
    const waiting = next.get(argument);
    if (waiting !== undefined) return waiting;
    const following = current
      .catch(() => {})
      .then(() => {
        next.delete(argument);
        return start(argument);
      });
    next.set(argument, following);
    return following;
  };
}
