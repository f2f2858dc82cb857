/** Makes a function that takes bytes in chunks of any length and hands on each picture of so many bytes. */
export function createPictureReader(
  pictureBytes: number,
  onPicture: (picture: Uint8Array) => void,
): (chunk: Uint8Array) => void {
  const picture = new Uint8Array(pictureBytes);
  let filled = 0;
  return (chunk) => {
    for (let read = 0; read < chunk.length; ) {
      const part = chunk.subarray(read, read + pictureBytes - filled);
      picture.set(part, filled);
      filled += part.length;
      read += part.length;
      if (filled < pictureBytes) return;
      filled = 0;
      onPicture(picture);
    }
  };
}
