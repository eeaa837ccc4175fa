import type { Span } from '../source/source.ts';

/*
 * The syntax tree: small readonly nodes, a span on each. Nothing is resolved here; `W.T` and `n.h` are both members,
 * `f(x)` may turn out to be a function or an inner cell. Names are in NFC. Comments belong to the statement they stand
 * before or behind, so that the canonical printer can keep them.
 */

/** A comment without its `#`, trimmed at the end. */
export interface Comment {
  readonly text: string;
  readonly span: Span;
  /** Set where a blank line stands before it. */
  readonly blankBefore?: true;
}

interface NodeBase {
  readonly span: Span;
}

/**
 * What statements and items have: comments on lines of their own before it, and one behind it on its last line (for
 * a cell: behind its opening brace). Comments inside a statement of several lines move before it.
 */
interface Commented extends NodeBase {
  readonly leading: readonly Comment[];
  readonly trailing?: Comment;
  /** Set where a blank line stands before it, after its leading comments. */
  readonly blankBefore?: true;
}

export interface Identifier extends NodeBase {
  readonly kind: 'identifier';
  readonly name: string;
}

// ---- file and items ----------------------------------------------------------------------------------------------

export interface SyntaxTree extends NodeBase {
  readonly kind: 'file';
  readonly items: readonly Item[];
  /** Comments after the last item. */
  readonly dangling: readonly Comment[];
}

export type Item = Import | FunctionDefinition | CellDefinition;

/** `import { LSTM, GRU } from "./lstm.rnn"` */
export interface Import extends Commented {
  readonly kind: 'import';
  readonly names: readonly Identifier[];
  readonly path: string;
  readonly pathSpan: Span;
}

/** `fn swish(x) = x*sigmoid(x)`, `fn spike(u) = u > 0 with derivative 1/(1 + u^2)`; at top level or in a cell. */
export interface FunctionDefinition extends Commented {
  readonly kind: 'function';
  readonly name: Identifier;
  readonly parameters: readonly Identifier[];
  readonly body: Expression;
  /** What stands in for the derivative by each parameter. */
  readonly derivatives?: readonly Expression[];
}

/** `cell LEM(I, H = 128; dt = 0.1) { … }` */
export interface CellDefinition extends Commented {
  readonly kind: 'cell';
  readonly name: Identifier;
  readonly sizes: readonly HeaderEntry[];
  /** Real numbers, behind the semicolon. */
  readonly numbers: readonly HeaderEntry[];
  readonly statements: readonly Statement[];
  /** Comments after the last statement, before the closing brace. */
  readonly dangling: readonly Comment[];
}

export interface HeaderEntry extends NodeBase {
  readonly kind: 'headerEntry';
  readonly name: Identifier;
  readonly value?: Expression;
}

// ---- statements --------------------------------------------------------------------------------------------------

export type Statement =
  | InputDeclaration
  | StateDeclaration
  | ParameterDeclaration
  | ConstantDeclaration
  | NoiseDeclaration
  | InnerCellDeclaration
  | Equation
  | Loop
  | OutputStatement
  | LossStatement
  | FunctionDefinition;

/** `x: [I]`, `a, b: [H] = 0`, `token: index(V)` — one group of names with one type and one start. */
export interface DeclarationGroup extends NodeBase {
  readonly kind: 'group';
  readonly names: readonly Identifier[];
  readonly type: TypeExpression;
  /** `over S`: the size along which it varies besides. */
  readonly over?: Identifier;
  readonly initialiser?: Initialiser;
  readonly per?: Per;
}

/** `per step`, `per sequence`: how often it is given. */
export interface Per extends NodeBase {
  readonly kind: 'per';
  readonly moment: NoiseScope;
}

export type TypeExpression = ShapeExpression | IndexType;

/** `[4*H, I + H]`; `[]` is a scalar. */
export interface ShapeExpression extends NodeBase {
  readonly kind: 'shape';
  readonly dims: readonly Expression[];
}

/** `index(V)`: a whole number from 0 to V - 1. */
export interface IndexType extends NodeBase {
  readonly kind: 'index';
  readonly classes: Expression;
}

/** `= value`, `= (i, j) -> value`, `~ draw`. */
export type Initialiser = ValueInitialiser | IndexFunction | DrawInitialiser;

export interface ValueInitialiser extends NodeBase {
  readonly kind: 'value';
  readonly value: Expression;
}

export interface IndexFunction extends NodeBase {
  readonly kind: 'indexFunction';
  readonly indices: readonly Identifier[];
  readonly body: Expression;
}

export interface DrawInitialiser extends NodeBase {
  readonly kind: 'draw';
  readonly value: Expression;
}

/** `input x: [I], dt: []` and `target y: [O]` */
export interface InputDeclaration extends Commented {
  readonly kind: 'input' | 'target';
  readonly groups: readonly DeclarationGroup[];
}

/** `state h, c: [H] = h0` */
export interface StateDeclaration extends Commented {
  readonly kind: 'state';
  readonly groups: readonly DeclarationGroup[];
}

/** `param W, U: [H, H] ~ orthogonal`, `frozen param A: [N, N] = 0` */
export interface ParameterDeclaration extends Commented {
  readonly kind: 'param';
  readonly frozen: boolean;
  readonly groups: readonly DeclarationGroup[];
}

/** `const A: [N, N] = (i, j) -> i + j` */
export interface ConstantDeclaration extends Commented {
  readonly kind: 'const';
  readonly groups: readonly DeclarationGroup[];
}

/** `noise m: [H] ~ bernoulli(0.9) per step` */
export interface NoiseDeclaration extends Commented {
  readonly kind: 'noise';
  readonly groups: readonly NoiseGroup[];
}

/** `a, b: [H] ~ normal(0, 1) per sequence`: each name is drawn for itself. */
export interface NoiseGroup extends NodeBase {
  readonly kind: 'noiseGroup';
  readonly names: readonly Identifier[];
  readonly type: TypeExpression;
  readonly draw: Expression;
  readonly scope: NoiseScope;
}

/** How often noise is drawn: `step` and `sequence` for every example, `update` once for all. */
export type NoiseScope = 'step' | 'sequence' | 'update';

/** `cell inner: LSTM(I, H; dt = 0.1)` inside a cell, or `cell layer[L]: LSTM(H, H)`, L of them. */
export interface InnerCellDeclaration extends Commented {
  readonly kind: 'innerCell';
  readonly name: Identifier;
  readonly count?: Expression;
  readonly cell: Identifier;
  readonly sizes: readonly Expression[];
  readonly numbers: readonly NamedArgument[];
}

/** `c = f*c_prev + i*g` (one name), `s[l + 1] = …` (its entry) or `[i, f] = split(z, 2)` (several, `list` true). */
export interface Equation extends Commented {
  readonly kind: 'equation';
  readonly names: readonly Identifier[];
  readonly list: boolean;
  /** Of one name alone. */
  readonly entry?: Expression;
  readonly value: Expression;
}

/** `for l in 0..L { … }`: equations for l = 0 … L - 1. */
export interface Loop extends Commented {
  readonly kind: 'for';
  readonly index: Identifier;
  readonly start: Expression;
  /** Excluded. */
  readonly end: Expression;
  readonly statements: readonly (Equation | Loop)[];
  /** Comments after the last statement, before the closing brace. */
  readonly dangling: readonly Comment[];
}

/** `output h, y = C @ h` */
export interface OutputStatement extends Commented {
  readonly kind: 'output';
  readonly entries: readonly OutputEntry[];
}

export interface OutputEntry extends NodeBase {
  readonly kind: 'outputEntry';
  readonly name: Identifier;
  readonly value?: Expression;
}

/** `loss 0.5*sum((y_hat - y)^2)` */
export interface LossStatement extends Commented {
  readonly kind: 'loss';
  readonly value: Expression;
}

// ---- expressions -------------------------------------------------------------------------------------------------

export type Expression =
  | NumberLiteral
  | Identifier
  | Unary
  | Binary
  | If
  | Call
  | Member
  | Index
  | Slice
  | Stack
  | List;

export interface NumberLiteral extends NodeBase {
  readonly kind: 'number';
  readonly value: number;
  /** As written, so that the printer does not change `1e-5`. */
  readonly text: string;
}

export type UnaryOperator = '-' | 'not';

export interface Unary extends NodeBase {
  readonly kind: 'unary';
  readonly operator: UnaryOperator;
  readonly operand: Expression;
}

export type BinaryOperator =
  | 'or'
  | 'and'
  | '<'
  | '<='
  | '>'
  | '>='
  | '=='
  | '!='
  | '+'
  | '-'
  | '*'
  | '/'
  | '@'
  | '^';

export interface Binary extends NodeBase {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly operatorSpan: Span;
  readonly left: Expression;
  readonly right: Expression;
}

export interface If extends NodeBase {
  readonly kind: 'if';
  readonly condition: Expression;
  readonly then: Expression;
  readonly otherwise: Expression;
}

export interface NamedArgument extends NodeBase {
  readonly kind: 'namedArgument';
  readonly name: Identifier;
  readonly value: Expression;
}

/** `tanh(z)`, `sum(A, 1)`, `inner(x, h_prev = a)`, `layer[l](x)`, `sum(a*M over S)` */
export interface Call extends NodeBase {
  readonly kind: 'call';
  readonly callee: Identifier;
  /** Which of several inner cells. */
  readonly entry?: Expression;
  readonly args: readonly Expression[];
  readonly named: readonly NamedArgument[];
  readonly over?: Identifier;
}

/** `W.T`, `n.h` */
export interface Member extends NodeBase {
  readonly kind: 'member';
  readonly object: Expression;
  readonly name: Identifier;
}

/** `E[token]`, `z[0]` — along the first axis, which goes away. */
export interface Index extends NodeBase {
  readonly kind: 'indexing';
  readonly object: Expression;
  readonly index: Expression;
}

/** `z[0:H]` — along the first axis, end excluded. */
export interface Slice extends NodeBase {
  readonly kind: 'slice';
  readonly object: Expression;
  readonly start: Expression;
  readonly end: Expression;
}

/** `[a; b]` stacks along the first axis; at least one part. */
export interface Stack extends NodeBase {
  readonly kind: 'stack';
  readonly parts: readonly Expression[];
}

/** `[K, K, 4*H]` with commas: the sizes of `split`, legal nowhere else. */
export interface List extends NodeBase {
  readonly kind: 'list';
  readonly elements: readonly Expression[];
}
