/** What became of asking the engine for something; `reason` is a sentence for people. */
export type Switched = { readonly enabled: true } | { readonly enabled: false; readonly reason: string };

export interface V8 {
  /** First number of the version: 11 in Node 20, 13 in Node 24. */
  readonly major: number;
  /** Takes effect in what is compiled afterwards. Complains on standard error about flags it does not know. */
  setFlag(flag: string): void;
}

interface NodeProcess {
  readonly versions?: { readonly v8?: string };
  getBuiltinModule?(name: 'node:v8'): { setFlagsFromString(flag: string): void };
}

/** The engine of this process, where it is Node's and lets itself be told; found without an import, which browsers lack. */
export function v8(): V8 | undefined {
  const { process } = globalThis as { readonly process?: NodeProcess };
  const version = process?.versions?.v8;
  const module = process?.getBuiltinModule?.('node:v8');
  if (version === undefined || module === undefined) return undefined;
  return { major: Number.parseInt(version, 10), setFlag: (flag) => module.setFlagsFromString(flag) };
}

export const noV8 = 'Only Node 20.16 and newer can switch this.';
