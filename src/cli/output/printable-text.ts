import { stripVTControlCharacters } from 'node:util';

const sequenceStart = '\u001b[';
const colourSequence = /^[0-9;:]*m/;
const controlCharacter = /[^\P{Cc}\t]/gu;

/**
 * Text of somebody else's making, such as a line of a build's log, that can do nothing to the
 * terminal: of what is not seen only tabs are left and, where they are wanted, colours.
 */
export function printableText(text: string, keepsColours: boolean): string {
  if (!keepsColours) return bareText(text);
  const [beginning = '', ...sequences] = text.split(sequenceStart);
  return [bareText(beginning), ...sequences.map(keepColour)].join('');
}

function keepColour(afterStart: string): string {
  const [colour] = colourSequence.exec(afterStart) ?? [];
  if (colour === undefined) return bareText(`${sequenceStart}${afterStart}`);
  return `${sequenceStart}${colour}${bareText(afterStart.slice(colour.length))}`;
}

function bareText(text: string): string {
  return stripVTControlCharacters(text).replaceAll(controlCharacter, '');
}
