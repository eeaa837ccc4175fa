import { commentText } from '../support/commentText.ts';
import type { Manifest } from './manifest.ts';

interface Named {
  readonly name: string;
  readonly shape: readonly number[];
  readonly axes?: readonly string[];
}

/** TypeScript declarations of a bundled cell: its names as types, their shapes in comments. */
export function declarations(manifest: Manifest): string {
  const { cell, batch, window } = manifest;
  const states = manifest.states.filter(({ hidden }) => !hidden);
  const { sequenceInputs = [] } = manifest;
  const i32 = (name: string) =>
    [...manifest.inputs, ...sequenceInputs, ...manifest.targets].some(
      (input) => input.name === name && input.classes !== undefined,
    );
  const parts = ['inputs', 'targets', 'outputs', 'states', 'parameters'];
  if (sequenceInputs.length > 0) parts.splice(1, 0, 'sequenceInputs');
  const lanes = (name: string) => (i32(name) ? 'Int32Array' : 'Float32Array');
  return [
    "import type { CompiledCell } from 'rnnc';",
    '',
    `/** Inputs of one step of one row; at most ${window} steps and ${batch} rows at a time. */`,
    ...fields('Inputs', manifest.inputs, lanes),
    ...(sequenceInputs.length === 0
      ? []
      : [
          '/** Inputs of one row that are given once per sequence. */',
          ...fields('SequenceInputs', sequenceInputs, lanes),
        ]),
    '/** Targets of the loss, of one step of one row. */',
    ...fields('Targets', manifest.targets, lanes),
    '/** Outputs of one step of one row. */',
    ...fields('Outputs', manifest.outputs),
    '/** States of one row. */',
    ...fields('States', states),
    '/** Parameters, row-major. */',
    ...fields('Parameters', manifest.parameters),
    `/** The cell ${commentText(cell)}. */`,
    'declare const cell: CompiledCell<{',
    ...parts.map((part) => `  readonly ${part}: ${part[0]!.toUpperCase()}${part.slice(1)};`),
    '}>;',
    'export default cell;',
    '',
  ].join('\n');
}

function fields(title: string, list: readonly Named[], type = (_: string) => 'Float32Array'): string[] {
  return [
    `export type ${title} = {`,
    ...list.flatMap((entry) => [
      `  /** ${shapeText(entry)} */`,
      `  readonly ${propertyKey(entry.name)}: ${type(entry.name)};`,
    ]),
    '};',
    '',
  ];
}

function shapeText({ shape, axes }: Named): string {
  const numbers = `[${shape.join(', ')}]`;
  const written = axes === undefined ? numbers : `[${axes.join(', ')}]`;
  return written === numbers ? numbers : `${commentText(written)} = ${numbers}`;
}

const propertyKey = (name: string): string =>
  JSON.stringify(name).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
