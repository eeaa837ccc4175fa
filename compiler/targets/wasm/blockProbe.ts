import { type BlockName, blocksOf, registerBlocks } from '../../plan/blocks.ts';
import { lanesPerColumn } from '../../plan/panels.ts';
import { type Program, procedureNames, type RoundingProfile } from '../../program/program.ts';
import { type ColumnAt, tiles } from '../../program/tile.ts';
import { affine, loop } from '../../program/write.ts';
import { emitWasm } from './emit.ts';
import { encodeModule } from './encode.ts';

/*
 * One product in each register block, small enough for the nearest cache, whole tiles for all: by these the runtime finds
 * out which block an engine runs fastest. Its module exports what every compiled cell does; `forward(n)` computes the
 * product n times.
 */

const [rows, lanes, summed] = [12, 48, 64];

function probe(profile: RoundingProfile, name: BlockName): Uint8Array {
  const block = registerBlocks[name];
  const width = block.columns * lanesPerColumn;
  const buffers = [
    { name: 'left', length: rows * summed },
    { name: 'right', length: lanes * summed },
    { name: 'out', length: rows * lanes },
  ];
  let end = 0;
  const laid = buffers.map(({ name: buffer, length }) => {
    const offset = end;
    end += 4 * length;
    return { name: buffer, lanes: 'f32', offset, length } as const;
  });
  const right = ({ constant, block: blocks }: ColumnAt) => {
    const panel = Math.floor(constant / block.columns) * summed * width;
    const inPanel = (constant % block.columns) * lanesPerColumn;
    const turns = blocks === undefined ? [] : [{ index: blocks.index, stride: summed * width }];
    const at = affine(panel + inPanel, ...turns, { index: 'k', stride: width });
    return { kind: 'load', address: { buffer: 'right', at }, width: 4 } as const;
  };
  const body = tiles(
    {
      outer: [],
      row: { index: 'row', extent: rows, left: summed, right: 0, out: lanes },
      lane: { index: 'lane', extent: lanes },
      summed: [{ index: 'k', extent: summed, left: 1, right: width, out: 0 }],
      left: { buffer: 'left', at: affine(0) },
      out: { buffer: 'out', at: affine(0) },
      right,
      accumulate: false,
      columnsOfPanel: block.columns,
    },
    block,
  );
  const program: Program = {
    name: `a product in blocks of ${name}`,
    profile,
    buffers: laid,
    memoryBytes: end + 16,
    procedures: procedureNames.map((procedure) => ({
      name: procedure,
      takesSteps: procedure === 'forward' || procedure === 'backward',
      body: procedure === 'forward' ? loop('t', 'steps', body) : [],
    })),
  };
  return encodeModule(emitWasm(program));
}

/** By profile and block, where there is a choice. */
export function blockProbes(): Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> {
  const choices = (Object.keys(blocksOf) as RoundingProfile[]).filter(
    (profile) => blocksOf[profile].length > 1,
  );
  return Object.fromEntries(
    choices.map((profile) => [
      profile,
      Object.fromEntries(blocksOf[profile].map((name) => [name, [...probe(profile, name)]])),
    ]),
  );
}
