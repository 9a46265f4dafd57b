/** The one place that reads the process's environment; everybody else is handed values. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return { ...process.env };
}
