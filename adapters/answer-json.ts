/**
 * The JSON of an answer; undefined where its text is none.
 *
 * @throws RangeError when it has more than `mostBytes`; the connection is then given up.
 */
export async function answerJson({ body }: Response, mostBytes: number): Promise<unknown> {
  const decoder = new TextDecoder();
  let text = '';
  let left = mostBytes;
  for await (const chunk of body ?? []) {
    left -= chunk.length;
    if (left < 0)
      throw new RangeError(`found an answer of more than ${mostBytes} bytes, expected a shorter one`);
    text += decoder.decode(chunk, { stream: true });
  }
  try {
    return JSON.parse(text + decoder.decode());
  } catch {
    return undefined;
  }
}
