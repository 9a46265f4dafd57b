/**
 * How much of a processor some work takes, in microseconds: the lesser of two runs. What else the
 * machine does makes work last longer, and costs the work's own thread nothing.
 */
export function cpuTime(work: () => void): number {
  const runs = Array.from({ length: 2 }, () => {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    return user + system;
  });
  // The clock of a thread has steps; nothing takes no time at all.
  return Math.max(1_000, Math.min(...runs));
}
