// Pictures of pages in few bytes: with thirty-two shades of each colour, which is plenty for what is flat.
import { PNG } from 'pngjs';

/** A picture as a file, from a file. */
export function small(bytes) {
  const image = PNG.sync.read(bytes);
  for (let i = 0; i < image.data.length; i++) image.data[i] = Math.min(255, Math.round(image.data[i] / 8) * 8);
  return PNG.sync.write(image, { colorType: 2, filterType: 0, deflateLevel: 9, deflateStrategy: 0 });
}
