import { generate } from '../scripts/generate.mjs';

/** Generated sources are not in the repository; tests need them as much as a build does. */
export default async function setup(): Promise<void> {
  await generate();
}
