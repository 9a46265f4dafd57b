import { kebab, type SettingName } from './load-config.ts';
import type { Setting } from './setting.ts';
import { settings } from './settings.ts';

/** The table of `docs/configuration.md`. */
export function renderConfigurationTable(): string {
  const rows = (Object.keys(settings) as SettingName[]).map(renderRow);
  return ['| flag | variable | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function renderRow(name: SettingName): string {
  const declared: Setting<unknown> = settings[name];
  const fallback =
    declared.fallback === undefined ? 'none' : `\`${declared.fallback || '(empty)'}\``;
  const flag = declared.secret ? 'none: a secret' : `\`--${kebab(name)}\``;
  return `| ${flag} | \`${declared.env}\` | ${fallback} | ${declared.meaning} |`;
}
