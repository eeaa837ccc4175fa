import type { WasmFunction } from '../instruction.ts';
import type { Code } from '../spelling.ts';
import { entries } from './passes.ts';
import type { Formula, UpdateRule } from './rules.ts';
import { i32, memory, op, storeFirst, Writer } from './writer.ts';

const instructions = {
  add: 'f64x2.add',
  sub: 'f64x2.sub',
  mul: 'f64x2.mul',
  div: 'f64x2.div',
  sqrt: 'f64x2.sqrt',
} as const;

/** Where a variable of a rule is loaded from and stored to: its own pointer, advanced as the loop goes. */
interface Stream {
  readonly name: string;
  readonly lanes: 'f32' | 'f64';
}

const pointerOf = (name: string) => `${name}.pointer`;
const settingOf = (name: string) => `${name}.setting`;

/**
 * (parameters, gradients, count, factor f64, a pointer per slot, settings f64 …) → 1 where a new parameter is not finite.
 *
 * Two entries at a time. Gradients are multiplied by the factor first, and stored, as `scale` would have done; where it
 * is 1 they are left alone.
 */
export function updateKernel(name: string, rule: UpdateRule): WasmFunction {
  const slots = Object.entries(rule.slots).map(([slot, lanes]): Stream => ({ name: slot, lanes }));
  const parameter: Stream = { name: 'parameter', lanes: 'f32' };
  const gradient: Stream = { name: 'gradient', lanes: 'f32' };
  const streams = [parameter, gradient, ...slots];
  const writer = new Writer([
    { name: pointerOf('parameter'), type: 'i32' },
    { name: pointerOf('gradient'), type: 'i32' },
    { name: 'count', type: 'i32' },
    { name: 'factor', type: 'f64' },
    ...slots.map((slot) => ({ name: pointerOf(slot.name), type: 'i32' as const })),
    ...rule.settings.map((setting) => ({ name: settingOf(setting), type: 'f64' as const })),
  ]);
  writer.declare('i32', 'left', 'scaled');
  writer.declare('v128', 'factors', 'bad', 'x', ...streams.map((stream) => stream.name), ...rule.settings);

  const load = ({ name: of, lanes }: Stream, width: 1 | 2): Code => {
    const pointer = writer.get(pointerOf(of));
    if (lanes === 'f32') return [pointer, memory(entries[width].load), op('f64x2.promote_low_f32x4')];
    return [pointer, memory(width === 2 ? 'v128.load' : 'v128.load64_zero')];
  };
  const store = ({ name: of, lanes }: Stream, width: 1 | 2, value: Code): Code => {
    const pointer = writer.get(pointerOf(of));
    if (lanes === 'f32') return [pointer, ...value, storeFirst(entries[width].store)];
    if (width === 2) return [pointer, ...value, memory('v128.store')];
    return [pointer, ...value, storeFirst('v128.store64_lane')];
  };
  const value = (formula: Formula): Code =>
    typeof formula === 'string'
      ? [writer.get(formula)]
      : [...formula.args.flatMap(value), op(instructions[formula.op])];
  /** Computes, keeps for the formulas to come as memory will hold it, and stores. */
  const assign = (stream: Stream, formula: Formula, width: 1 | 2): Code => {
    if (stream.lanes === 'f64') {
      return [...writer.set(stream.name, value(formula)), ...store(stream, width, [writer.get(stream.name)])];
    }
    return [
      ...writer.set('x', [...value(formula), op('f32x4.demote_f64x2_zero')]),
      ...writer.set(stream.name, [writer.get('x'), op('f64x2.promote_low_f32x4')]),
      ...store(stream, width, [writer.get('x')]),
    ];
  };
  const scaled: Formula = { op: 'mul', args: ['gradient', 'factors'] };

  const body = (width: 1 | 2): Code => [
    ...streams.flatMap((stream) => writer.set(stream.name, load(stream, width))),
    ...writer.when([writer.get('scaled')], assign(gradient, scaled, width)),
    ...rule.update.flatMap(([target, formula]) =>
      assign(streams.find((stream) => stream.name === target)!, formula, width),
    ),
    // What was stored, read again so that only entries count: minus itself it is 0, or else NaN.
    ...writer.set('x', [writer.get(pointerOf('parameter')), memory(entries[width].load)]),
    ...writer.set('bad', [
      writer.get('bad'),
      ...[writer.get('x'), writer.get('x'), op('f32x4.sub')],
      op('v128.or'),
    ]),
  ];
  const advance = streams.flatMap((stream) =>
    writer.advance(pointerOf(stream.name), stream.lanes === 'f32' ? 8 : 16),
  );
  const one: Code = [{ op: 'f32.const', value: 1 }, op('f64.promote_f32')];
  return writer.build(
    `update by ${name}`,
    [
      ...writer.set('scaled', [writer.get('factor'), ...one, op('f64.ne')]),
      ...writer.set('factors', [writer.get('factor'), op('f64x2.splat')]),
      ...rule.settings.flatMap((setting) =>
        writer.set(setting, [writer.get(settingOf(setting)), op('f64x2.splat')]),
      ),
      ...writer.set('left', [writer.get('count'), i32(1), op('i32.shr_u')]),
      ...writer.repeat('left', [...body(2), ...advance]),
      ...writer.when([writer.get('count'), i32(1), op('i32.and')], body(1)),
      ...[writer.get('bad'), op('v128.any_true')],
    ],
    'i32',
  );
}
