/**
 * Breaks a text into lines at its spaces; a word that is longer than a line is broken, too.
 *
 * @param columns of a line, at least 1.
 * @returns at least one line; every character is counted as one column.
 */
export function wrapWords(text: string, columns: number): string[] {
  const pieces = new RegExp(`.{1,${columns}}`, 'gsu');
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((long) => long.match(pieces) ?? [''])) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
