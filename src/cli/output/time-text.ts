/** `1.2 s`, `42 s`, `3 m 05 s`, `2 h 10 m`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) return `${minutes} m ${twoDigits(Math.round(seconds) % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} m`;
}

/** `2026-11-24 06:00:00`, in UTC as the server's logs are. */
export function formatTime(instant: string | number): string {
  return new Date(instant).toISOString().slice(0, 19).replace('T', ' ');
}

/** `06:00:00` in UTC. */
export function formatClock(instant: string | number): string {
  return formatTime(instant).slice(11);
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
