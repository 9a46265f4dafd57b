type Paint = (text: string) => string;

/** Emphasis for people; plain text where colours are not wanted. */
export interface Style {
  readonly isColourful: boolean;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly busy: Paint;
}

const plainStyle: Style = {
  isColourful: false,
  bold: (text) => text,
  dim: (text) => text,
  good: (text) => text,
  bad: (text) => text,
  busy: (text) => text,
};

const colourStyle: Style = {
  isColourful: true,
  bold: (text) => paint(text, 1, 22),
  dim: (text) => paint(text, 2, 22),
  good: (text) => paint(text, 32, 39),
  bad: (text) => paint(text, 31, 39),
  busy: (text) => paint(text, 33, 39),
};

function paint(text: string, on: number, off: number): string {
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

/** Colours on a terminal only, and never where `NO_COLOR` is set (no-color.org). */
export function chooseStyle(isTerminal: boolean, noColor: string | undefined): Style {
  return isTerminal && (noColor === undefined || noColor === '') ? colourStyle : plainStyle;
}
