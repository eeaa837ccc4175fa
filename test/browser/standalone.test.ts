import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { instantiateSync } from '../../runtime/index.ts';
import { examples, rnnc, scratch } from '../cli/support.ts';
import { chromiumPath, launchChromium } from './chromium.ts';

/*
 * The page of docs/browser/, opened from a file as it is written there.
 */

const { folder, file } = scratch();
const readme = readFileSync(fileURLToPath(new URL('../../docs/browser/README.md', import.meta.url)), 'utf8');
const page = readFileSync(fileURLToPath(new URL('../../docs/browser/page.html', import.meta.url)), 'utf8');
const [, command] = /^ {4}rnnc (.*)$/m.exec(readme)!;

/** Runs the command that docs/browser/README.md prints; the script's text. */
async function script(): Promise<string> {
  const out = join(folder, 'elman.js');
  const args = command!.replace('dsl-examples/', examples).replace('elman.js', out).split(' ');
  expect(await rnnc(...args)).toMatchObject({ code: 0, err: '' });
  return readFileSync(out, 'utf8');
}

/** What the page should show: ten steps of the cell in this process. */
function expectedText(): string {
  const source = { name: 'elman.rnn', text: readFileSync(`${examples}elman.rnn`, 'utf8') };
  const cell = instantiateSync(compile(source, { sizes: { I: 2, H: 4 } }), { seed: 1 });
  const lines = Array.from({ length: 10 }, (_, step) => {
    const { h } = cell.step([Math.sin(step), Math.cos(step)]);
    return `${step}: ${h!.join(' ')}\n`;
  });
  return lines.join('');
}

it('the page has about a dozen lines, and stands in the README as it is', () => {
  expect(page.trim().split('\n').length).toBeLessThanOrEqual(14);
  expect(readme).toContain(`\`\`\`html\n${page}\`\`\``);
});

it('a standalone script runs where there are no modules, beside another one', async () => {
  const proto = file('proto.rnn', 'cell __proto__(H) {\n  input x: [H]\n  output y = 2*x\n}\n');
  const out = join(folder, 'proto.js');
  for (const target of ['js', 'wasm']) {
    expect((await rnnc('compile', proto, '-s', 'H=2', '-t', target, '--standalone', '-o', out)).code).toBe(0);
    const context = createContext({ performance });
    runInContext(await script(), context);
    runInContext(readFileSync(out, 'utf8'), context);
    const found = runInContext(
      `[Object.keys(rnnc.cells), rnnc.instantiateSync(rnnc.cells.__proto__).step([3, 4]).y[1]]`,
      context,
    );
    expect(JSON.parse(JSON.stringify(found))).toEqual([['Elman', '__proto__'], 8]);
  }
});

it('only a .js file can be standalone', async () => {
  for (const out of ['cell.wasm', 'cell.mjs']) {
    const { code, err } = await rnnc(
      'compile',
      `${examples}elman.rnn`,
      '--standalone',
      '-o',
      join(folder, out),
    );
    expect(code).toBe(2);
    expect(err).toContain('.js');
  }
});

describe.skipIf(chromiumPath === undefined)('in Chromium, from a file', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  }, 60_000);
  afterAll(() => browser?.close());

  async function shown(path: string): Promise<string> {
    const tab = await browser.newPage();
    const errors: string[] = [];
    tab.on('pageerror', ({ message }) => errors.push(message));
    await tab.goto(pathToFileURL(path).href);
    await tab.waitForFunction("document.getElementById('steps').textContent.includes('9: ')");
    const text = await tab.textContent('#steps');
    await tab.close();
    expect(errors).toEqual([]);
    return text!;
  }

  it('the page of docs/browser runs the cell', async () => {
    await script();
    expect(await shown(file('page.html', page))).toBe(expectedText());
  });

  it('so does the page as one file', async () => {
    const text = await script();
    const whole = page.replace(' src="elman.js">', () => `>${text}`);
    expect(whole.length).toBeGreaterThan(text.length);
    expect(await shown(file('whole.html', whole))).toBe(expectedText());
  });

  it('trains, and lets a click in', async () => {
    const cell = file(
      'scalar.rnn',
      'cell Scalar() {\n  input x: []\n  target y: []\n  param w: [] = 0\n  z = w*x\n  output z\n  loss (z - y)^2\n}\n',
    );
    const out = join(folder, 'scalar.js');
    expect((await rnnc('compile', cell, '-w', '10', '--standalone', '-o', out)).code).toBe(0);
    const tab = await browser.newPage();
    await tab.goto(
      pathToFileURL(
        file('train.html', '<!doctype html><button id="stop">stop</button><script src="scalar.js"></script>'),
      ).href,
    );
    const result = tab.evaluate(`(async () => {
      const cell = await rnnc.instantiate(rnnc.cells.Scalar);
      const controller = new AbortController();
      document.getElementById('stop').onclick = () => controller.abort('stopped by a click');
      const ones = (first, steps) => new Float32Array(steps).fill(1);
      const sequence = { inputs: ones, targets: ones, steps: 1e12 };
      const options = { k1: 10, optimiser: rnnc.sgd({ learningRate: 0.1 }), signal: controller.signal };
      try {
        return await rnnc.trainEpochAsync(cell, sequence, options);
      } catch (error) {
        return [error, cell.parameters.w[0]];
      }
    })()`);
    await tab.click('#stop');
    const [reason, w] = (await result) as [string, number];
    expect(reason).toBe('stopped by a click');
    expect(w).toBeGreaterThan(0.1);
    await tab.close();
  });
});

it.runIf(chromiumPath === undefined)('Chromium is not installed: its tests are skipped', () => {});
