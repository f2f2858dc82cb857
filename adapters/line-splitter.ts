/** Gathers text that comes in pieces of any size into lines. */
export interface LineSplitter {
  push(text: string): void;
  /** Whatever stands after the last end of a line is a line, too. */
  end(): void;
}

const LINE_END = /[\r\n]/g;

/**
 * Makes a splitter; a line ends with LF, CR LF or CR, as in an event stream.
 *
 * @param mostCharacters of a line; a longer one is left out as a whole.
 * @param line gets each line without its end.
 * @param tooLong is called once for each line that is left out, as soon as it is too long.
 */
export function createLineSplitter(
  mostCharacters: number,
  line: (text: string) => void,
  tooLong: () => void,
): LineSplitter {
  let kept = '';
  let isTooLong = false;
  /** The last piece ended with a CR, so that an LF at the start of the next belongs to it. */
  let isAfterCr = false;
  const keep = (text: string): void => {
    if (isTooLong) return;
    isTooLong = kept.length + text.length > mostCharacters;
    kept = isTooLong ? '' : kept + text;
    if (isTooLong) tooLong();
  };
  const finish = (): void => {
    const text = kept;
    const isWhole = !isTooLong;
    kept = '';
    isTooLong = false;
    if (isWhole) line(text);
  };
  return {
    push(text) {
      if (text === '') return;
      let start = isAfterCr && text.startsWith('\n') ? 1 : 0;
      isAfterCr = text.endsWith('\r');
      for (;;) {
        LINE_END.lastIndex = start;
        const end = LINE_END.exec(text)?.index;
        keep(text.slice(start, end));
        if (end === undefined) return;
        finish();
        start = text.startsWith('\r\n', end) ? end + 2 : end + 1;
      }
    },
    end() {
      if (kept !== '') finish();
    },
  };
}
