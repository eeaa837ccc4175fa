import type { RunFolder } from './folder.ts';
import { shellWord } from './shellWord.ts';

/** As a shell takes it. */
export function resumeCommand({ path }: Pick<RunFolder, 'path'>): string {
  return `rnnc train --resume ${shellWord(path)}`;
}
