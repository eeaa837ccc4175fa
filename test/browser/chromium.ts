import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Calls } from './page.ts';

/** Where Debian's package puts it; undefined where it is not installed. */
export const chromiumPath: string | undefined = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  existsSync,
);

/** Against talk to the outside: the pages here are all there is. */
const flags = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
const offline = ['--disable-background-networking', '--disable-component-update'];

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath!, args: [...flags, ...offline] });

/** A page in a new Chromium with a new profile, that knows the calls of page.ts. */
export class ChromiumPage {
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #server: Server;
  readonly #files: Map<string, Uint8Array>;

  private constructor(browser: Browser, page: Page, server: Server, files: Map<string, Uint8Array>) {
    this.#browser = browser;
    this.#page = page;
    this.#server = server;
    this.#files = files;
  }

  static async open(): Promise<ChromiumPage> {
    const files = new Map([
      ['/', Buffer.from('<!doctype html><title>rnnc</title><script src="/page.js"></script>')],
      ['/page.js', await bundled('page.ts')],
      ['/worklet.js', await bundled('worklet.ts')],
    ]);
    const server = await serve(files);
    const browser = await launchChromium();
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return new ChromiumPage(browser, page, server, files);
  }

  /** Serves bytes; their address. */
  serve(bytes: Uint8Array): string {
    const url = `/${this.#files.size}.wasm`;
    this.#files.set(url, bytes);
    return url;
  }

  async call<Name extends keyof Calls>(
    name: Name,
    ...args: Parameters<Calls[Name]>
  ): Promise<Awaited<ReturnType<Calls[Name]>>> {
    const run = ([called, given]: readonly [string, readonly unknown[]]) => {
      const { calls } = globalThis as unknown as { calls: Record<string, (...given: unknown[]) => unknown> };
      return calls[called]!(...given);
    };
    return (await this.#page.evaluate(run, [name, args] as const)) as Awaited<ReturnType<Calls[Name]>>;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    this.#server.close();
  }
}

async function bundled(file: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    bundle: true,
    format: 'iife',
    write: false,
  });
  return outputFiles[0]!.contents;
}

const types: Readonly<Record<string, string>> = { js: 'text/javascript', wasm: 'application/wasm' };

async function serve(files: ReadonlyMap<string, Uint8Array>): Promise<Server> {
  const server = createServer(({ url = '' }, response) => {
    const found = files.get(url);
    response.writeHead(found ? 200 : 404, { 'content-type': types[url.split('.')[1] ?? ''] ?? 'text/html' });
    response.end(found);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}
