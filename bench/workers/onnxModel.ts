import { randomValues } from './protocol.ts';

/*
 * Models for ONNX Runtime, as protocol buffers, written field by field: onnx.proto3 of ONNX 1.9 (operator set 14). One
 * LSTM or GRU node per layer, with steps and batch left open.
 */

export interface ModelShape {
  readonly operator: 'LSTM' | 'GRU';
  readonly inputs: number;
  readonly hidden: number;
  readonly layers: number;
  readonly peepholes: boolean;
  /** Of the GRU: whether the reset gate comes after the product, as in rnnc's `gru_reset_after.rnn`. */
  readonly resetAfter: boolean;
}

const blocks = { LSTM: 4, GRU: 3 } as const;
const elementType = { float: 1, int64: 7 };

/**
 * Inputs `X` [steps, batch, inputs] and `h0`, `c0` … of each layer, [1, batch, hidden]; outputs `Y`
 * [steps, 1, batch, hidden] of the last layer, and `hn0`, `cn0` … .
 */
export function recurrentModel(shape: ModelShape): Uint8Array {
  const { operator, inputs, hidden, layers } = shape;
  const wide = blocks[operator] * hidden;
  const states = stateNames(shape);
  const nodes: Bytes[] = [];
  const values: Bytes[] = [];
  const outputs = [valueInfo('Y', ['steps', 1, 'batch', hidden])];
  for (let layer = 0; layer < layers; layer++) {
    const width = layer === 0 ? inputs : hidden;
    const own = (name: string) => `${name}${layer}`;
    const scale = hidden ** -0.5;
    const random = (...axes: number[]) =>
      randomValues(
        axes.reduce((a, b) => a * b),
        scale,
      );
    values.push(
      tensor(own('W'), [1, wide, width], random(wide, width)),
      tensor(own('R'), [1, wide, hidden], random(wide, hidden)),
      tensor(own('B'), [1, 2 * wide], random(2, wide)),
    );
    if (shape.peepholes) values.push(tensor(own('P'), [1, 3 * hidden], random(3, hidden)));
    const isLast = layer === layers - 1;
    const sequence = isLast ? 'Y' : own('S');
    const carried = states.map((name) => own(`${name}n`));
    const read = [layer === 0 ? 'X' : own('X'), own('W'), own('R'), own('B'), '', ...states.map(own)];
    nodes.push(
      node(operator, [...read, ...(shape.peepholes ? [own('P')] : [])], [sequence, ...carried], {
        hidden_size: hidden,
        ...(shape.resetAfter ? { linear_before_reset: 1 } : {}),
      }),
    );
    if (!isLast) nodes.push(node('Squeeze', [sequence, 'axes'], [`X${layer + 1}`], {}));
    outputs.push(...carried.map((name) => valueInfo(name, [1, 'batch', hidden])));
  }
  if (layers > 1) values.push(axesOfSqueeze());
  const given = [
    valueInfo('X', ['steps', 'batch', inputs]),
    ...Array.from({ length: layers }, (_, layer) =>
      states.map((name) => valueInfo(`${name}${layer}`, [1, 'batch', hidden])),
    ).flat(),
  ];
  const graph = [
    ...nodes.map((one) => message(1, one)),
    text(2, 'recurrent'),
    ...values.map((one) => message(5, one)),
    ...given.map((one) => message(11, one)),
    ...outputs.map((one) => message(12, one)),
  ].flat();
  const operatorSet = [...text(1, ''), ...integer(2, 14)];
  return Uint8Array.from([...integer(1, 8), ...message(7, graph), ...message(8, operatorSet)]);
}

export function stateNames({ operator }: Pick<ModelShape, 'operator'>): readonly string[] {
  return operator === 'LSTM' ? ['h', 'c'] : ['h'];
}

type Bytes = readonly number[];

function node(
  operator: string,
  read: readonly string[],
  written: readonly string[],
  attributes: Readonly<Record<string, number>>,
): Bytes {
  const integerAttribute = 2;
  return [
    ...read.flatMap((name) => text(1, name)),
    ...written.flatMap((name) => text(2, name)),
    ...text(4, operator),
    ...Object.entries(attributes).flatMap(([name, value]) =>
      message(5, [...text(1, name), ...integer(3, value), ...integer(20, integerAttribute)]),
    ),
  ];
}

function tensor(name: string, axes: readonly number[], values: Float32Array): Bytes {
  return tensorOf(name, axes, elementType.float, new Uint8Array(values.buffer));
}

/** Of [steps, 1, batch, hidden]: the axis of directions. */
function axesOfSqueeze(): Bytes {
  return tensorOf('axes', [1], elementType.int64, new Uint8Array(BigInt64Array.of(1n).buffer));
}

function tensorOf(name: string, axes: readonly number[], type: number, raw: Uint8Array): Bytes {
  const parts = [...axes.flatMap((axis) => integer(1, axis)), ...integer(2, type), ...text(8, name)];
  return [...parts, ...tag(9, 2), ...varint(raw.length), ...Array.from(raw)];
}

function valueInfo(name: string, axes: readonly (string | number)[]): Bytes {
  const dimensions = axes.flatMap((axis) =>
    message(1, typeof axis === 'string' ? text(2, axis) : integer(1, axis)),
  );
  const tensorType = [...integer(1, elementType.float), ...message(2, dimensions)];
  return [...text(1, name), ...message(2, message(1, tensorType))];
}

function message(field: number, content: Bytes): Bytes {
  return [...tag(field, 2), ...varint(content.length), ...content];
}

function text(field: number, value: string): Bytes {
  return message(field, Array.from(new TextEncoder().encode(value)));
}

function integer(field: number, value: number): Bytes {
  return [...tag(field, 0), ...varint(value)];
}

function tag(field: number, wire: number): Bytes {
  return varint(field * 8 + wire);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))];
}
