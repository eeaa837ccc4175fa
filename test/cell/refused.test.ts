import { describe, expect, test } from 'vitest';
import { textOf } from '../../compiler/source/source.ts';
import { checkText, type Files, inCell } from './support.ts';

interface Refusal {
  readonly name: string;
  readonly text: string;
  readonly code: string;
  /** The text under the carets. */
  readonly at: string;
  /** What message, label, hint or related labels must say. */
  readonly says?: readonly string[];
  readonly files?: Files;
}

const inner = `cell Inner(H; gain = 1) {
  input x: [H]
  state h: [H]
  h = 0.5*h_prev + gain*x
}
`;

const refusals: readonly Refusal[] = [
  {
    name: 'a value of an iteration, read outside of its loop',
    text: inCell('input x: [H]\nfor l in 0..3 {\n  t = 2*x\n}\noutput y = t'),
    code: 'RNN262',
    at: 't',
    says: ['t belongs to one iteration', 't[l] = ...'],
  },
  {
    name: 'an index outside of its loop',
    text: inCell('input x: [H]\nfor l in 0..3 {\n  t = l*x\n}\noutput y = l*x'),
    code: 'RNN262',
    at: 'l',
    says: ['l is the index of a loop'],
  },
  {
    name: 'a value of an iteration as an output, told once',
    text: inCell('input x: [H]\nfor l in 0..3 {\n  t = 2*x\n}\noutput t, x'),
    code: 'RNN262',
    at: 't',
  },
  {
    name: 'an entry beyond those that a size gives, with the size',
    text: inCell('input x: [H]\nfor l in 0..L {\n  s[l] = x\n}\noutput y = s[3]', 'H, L'),
    code: 'RNN264',
    at: 's[3]',
    says: ['There are s[0] to s[1]. Here L is 2.'],
  },
  {
    name: 'an entry defined by every iteration',
    text: inCell(
      'input x: [H]\nfor l in 0..3 {\n  for k in 0..2 {\n    s[k + l] = x\n  }\n}\noutput y = s[1]',
    ),
    code: 'RNN263',
    at: 's',
    says: ['s[1] is defined twice', 'Nothing is assigned twice'],
  },
  {
    name: 'an entry that nothing defines, read',
    text: inCell('input x: [H]\ns[0] = x\nfor l in 0..3 {\n  s[l + 1] = s[l]\n}\noutput y = s[4]'),
    code: 'RNN264',
    at: 's[4]',
    says: ['Nothing defines s[4]', 'There are s[0] to s[3].'],
  },
  {
    name: 'a list with a gap, read as a whole',
    text: inCell('input x: [H]\ns[0] = x\ns[2] = x\noutput y = sum(s)'),
    code: 'RNN264',
    at: 's',
    says: ['Nothing defines s[1]', 'There are s[0], s[2].'],
  },
  {
    name: 'an entry of a state without an equation',
    text: inCell('input x: [H]\nstate S: [3, H]\nfor n in 0..2 {\n  S[n] = x\n}'),
    code: 'RNN264',
    at: 'S',
    says: ['S[2] has no equation', 'S has 3 entries'],
  },
  {
    name: 'an entry beyond its state',
    text: inCell('input x: [H]\nstate S: [3, H]\nfor n in 0..4 {\n  S[n] = x\n}'),
    code: 'RNN264',
    at: 'S',
    says: ['S has no entry S[3]', '3 entries, counted from 0 to 2', 'S is declared here'],
  },
  {
    name: 'entries of different shapes, read as a whole',
    text: inCell('input x: [H], y: [I]\ns[0] = x\ns[1] = y\noutput z = sum(s)'),
    code: 'RNN204',
    at: 's',
    says: ['[H]', '[I]', 'all its entries have one shape'],
  },
  {
    name: 'an index beyond a parameter, with the numbers',
    text: inCell('input x: [H]\nparam b: [2, H] = 0\nfor l in 0..3 {\n  s[l] = x + b[l]\n}\noutput y = s[0]'),
    code: 'RNN215',
    at: 'b[l]',
    says: ['[2, H]', 'needs 3 to be at most 2'],
  },
  {
    name: 'a bound that is no size',
    text: inCell('input x: [H]\nfor l in 0..k {\n  t = x\n}\noutput x', 'H; k = 2'),
    code: 'RNN261',
    at: 'k',
    says: ['known when the cell is compiled'],
  },
  {
    name: 'a million iterations',
    text: inCell('input x: [H]\nfor l in 0..1000 {\n  for k in 0..1000 {\n    t = x\n  }\n}\noutput x'),
    code: 'RNN239',
    at: 'k',
    says: ['more than 5000 equations'],
  },
  {
    name: 'expressions that loops multiply without end',
    text: inCell(
      `input x: [H]\nfor l in 0..4000 {\n  t = ${Array.from({ length: 100 }, () => 'x').join(' + ')}\n}\noutput x`,
    ),
    code: 'RNN239',
    at: 'x',
    says: ['more than 300000 operations'],
  },
  {
    name: 'an index with the name of a value',
    text: inCell('input i: [H]\nfor i in 0..2 {\n  t = x\n}\nx = 2*i\noutput x'),
    code: 'RNN202',
    at: 'i',
    says: ['i is already an input'],
  },
  {
    name: 'a name for one value and for a list',
    text: inCell('input x: [H]\ns = x\ns[0] = x\noutput s'),
    code: 'RNN202',
    at: 's',
    says: ['s is already defined'],
  },
  {
    name: 'one of several cells without its number',
    text: `${inner}${inCell('input x: [H]\ncell layer[2]: Inner(H)\nfor l in 0..2 {\n  n[l] = layer[l](x)\n}\noutput y = layer.h')}`,
    code: 'RNN360',
    at: 'layer',
    says: ['layer is a list of 2 cells'],
  },
  {
    name: 'a cell beyond the list',
    text: `${inner}${inCell('input x: [H]\ncell layer[2]: Inner(H)\nfor l in 0..3 {\n  n[l] = layer[l](x)\n}\noutput y = n[0].h')}`,
    code: 'RNN264',
    at: 'l',
    says: ['layer has no entry layer[2]', 'a list of 2 cells'],
  },
  {
    name: 'a matrix beside an array of three axes',
    text: inCell('input x: [H]\nparam R: [2, H, H] ~ orthogonal, M: [H, H] ~ glorot\noutput y = R @ M @ x'),
    code: 'RNN212',
    at: 'R',
    says: ['[2, H, H]', 'a loop over them'],
  },
  {
    name: 'a reshape to another number of entries',
    text: inCell('input x: [4*H]\noutput y = reshape(x, [3, H])'),
    code: 'RNN204',
    at: 'reshape(x, [3, H])',
    says: ['[4*H]', '[3, H]', 'x has 4*H entries, the shape 3*H'],
  },
  {
    name: 'blocks and a vector of another length',
    text: inCell('input x: [H]\nparam R: [2, I, H] ~ glorot\noutput y = block_diagonal(R) @ x'),
    code: 'RNN204',
    at: 'block_diagonal(R) @ x',
    says: ['2 blocks of H columns need a vector of length 2*H'],
  },
  {
    name: 'a product whose sizes differ',
    text: inCell('input x: [I]\nstate h: [H]\nparam U: [H, I] ~ glorot\nh = sigmoid(U @ h_prev)'),
    code: 'RNN204',
    at: 'U @ h_prev',
    says: [
      '[H, I]',
      '[H]',
      'U needs a vector of length I; h_prev has length H',
      'Declare U as [H, H], or multiply it with x.',
      'U is declared here',
      'h is declared here',
    ],
  },
  {
    name: 'a transposed product whose sizes differ',
    text: inCell('input x: [I]\nparam U: [H, I] ~ glorot\noutput y = U.T @ x'),
    code: 'RNN204',
    at: 'U.T @ x',
    says: ['[I, H]', '[I]', 'Declare U as [I, I]'],
  },
  {
    name: 'a sum of different shapes',
    text: inCell('input x: [I], y: [H]\noutput z = tanh(x + 2*y)'),
    code: 'RNN204',
    at: 'x + 2*y',
    says: ['[I]', '[H]', 'x is declared here as [I]', '2*y is [H]'],
  },
  {
    name: 'a parameter of another shape in a sum',
    text: inCell('input x: [I]\nparam b: [H] = 0\noutput z = x + b'),
    code: 'RNN204',
    at: 'x + b',
    says: ['Declare b as [I].'],
  },
  {
    name: 'a vector of one entry for a scalar',
    text: inCell('input x: [I], y: [1]\noutput z = x*y'),
    code: 'RNN204',
    at: 'x*y',
    says: ['[I]', '[1]'],
  },
  {
    name: 'a vector beside a matrix',
    text: inCell('input v: [H]\nparam W: [H, I] ~ glorot\noutput y = v*W'),
    code: 'RNN225',
    at: 'v*W',
    says: ['[H]', '[H, I]', 'col(v)'],
  },
  {
    name: 'branches of different shapes',
    text: inCell('input v: [H], x: [I]\noutput y = if v > 0 then v else x'),
    code: 'RNN204',
    at: 'if v > 0 then v else x',
    says: ['[H]', '[I]'],
  },
  {
    name: 'two vectors multiplied by @',
    text: inCell('input x: [I]\noutput y = x @ x'),
    code: 'RNN213',
    at: 'x @ x',
    says: ['dot(x, x)'],
  },
  {
    name: 'a scalar multiplied by @',
    text: inCell('input x: [I]\noutput y = 2 @ x'),
    code: 'RNN212',
    at: '2',
    says: ['*'],
  },
  {
    name: 'a transposed vector',
    text: inCell('input x: [I]\noutput y = x.T'),
    code: 'RNN212',
    at: 'x',
    says: ['a matrix', '[I]'],
  },
  {
    name: 'dot of different lengths',
    text: inCell('input x: [I], y: [H]\noutput z = dot(x, y)'),
    code: 'RNN204',
    at: 'dot(x, y)',
    says: ['[I]', '[H]'],
  },
  {
    name: 'outer of a matrix',
    text: inCell('input x: [I]\nparam W: [H, I] ~ he\noutput z = outer(W, x)'),
    code: 'RNN212',
    at: 'W',
    says: ['two vectors', '[H, I]'],
  },
  {
    name: 'a stack of a vector and a matrix',
    text: inCell('input x: [I]\nparam W: [H, I] ~ he\noutput z = [W; x]'),
    code: 'RNN204',
    at: 'x',
    says: ['[H, I]', '[I]'],
  },
  {
    name: 'a stack of matrices of different widths',
    text: inCell('param V: [H, H] ~ he, W: [H, I] ~ he\noutput z = [V; W]'),
    code: 'RNN204',
    at: 'W',
    says: ['[H, H]', '[H, I]'],
  },
  {
    name: 'an unknown name',
    text: inCell('input xs: [I]\noutput y = 2*sx'),
    code: 'RNN201',
    at: 'sx',
    says: ['Did you mean xs?'],
  },
  {
    name: 'an unknown previous value',
    text: inCell('state hidden: [H]\nhidden = hiden_prev'),
    code: 'RNN201',
    at: 'hiden_prev',
    says: ['Did you mean hidden_prev?'],
  },
  { name: 'an unknown size', text: inCell('input x: [J + 1]\noutput x'), code: 'RNN201', at: 'J' },
  {
    name: 'a name declared twice',
    text: inCell('input x: [I]\nstate x: [H]\noutput y = x'),
    code: 'RNN202',
    at: 'x',
    says: ['an input'],
  },
  {
    name: 'a gate with the name of a size',
    text: inCell('input x: [I]\nI = sigmoid(x)\noutput x'),
    code: 'RNN202',
    at: 'I',
    says: ['a size', 'one name space'],
  },
  {
    name: 'a value defined twice',
    text: inCell('input x: [I]\na = x\na = 2*x\noutput a'),
    code: 'RNN202',
    at: 'a',
    says: ['first defined here'],
  },
  {
    name: 'a state defined twice',
    text: inCell('state h: [H]\nh = h_prev\nh = 2*h_prev'),
    code: 'RNN202',
    at: 'h',
  },
  {
    name: 'a function defined twice',
    text: inCell('fn f(a) = a\nfn f(b) = b\noutput y = f(1)'),
    code: 'RNN202',
    at: 'f',
  },
  { name: 'an argument twice', text: inCell('fn f(a, a) = a\noutput y = f(1, 2)'), code: 'RNN202', at: 'a' },
  { name: 'an output twice', text: inCell('state h: [H]\nh = h_prev\noutput h, h'), code: 'RNN202', at: 'h' },
  {
    name: 'a name ending in _prev',
    text: inCell('input x: [I]\nx_prev = x\noutput x'),
    code: 'RNN203',
    at: 'x_prev',
  },
  {
    name: 'a value called step',
    text: inCell('input x: [I]\nstep = x\noutput x'),
    code: 'RNN203',
    at: 'step',
  },
  {
    name: 'a shape of a number',
    text: inCell('state h: [dt]\nh = h_prev', 'H; dt = 1'),
    code: 'RNN205',
    at: 'dt',
    says: ['never enter a shape'],
  },
  { name: 'a shape of half a size', text: inCell('state h: [0.5*H]\nh = h_prev'), code: 'RNN205', at: '0.5' },
  {
    name: 'a shape divided by a sum',
    text: inCell('state h: [H/(I + 1)]\nh = h_prev'),
    code: 'RNN205',
    at: 'H/(I + 1)',
  },
  { name: 'a shape of zero', text: inCell('state h: [0]\nh = h_prev'), code: 'RNN206', at: '0' },
  {
    name: 'a shape that is never positive',
    text: inCell('state h: [1 - H]\nh = h_prev'),
    code: 'RNN206',
    at: '1 - H',
  },
  {
    name: 'a cycle within a step',
    text: inCell('input x: [H]\na = tanh(b)\nb = x + c\nc = 2*a\noutput c, y = a'),
    code: 'RNN207',
    at: 'a',
    says: ['a -> b -> c -> a'],
  },
  {
    name: 'an equation that needs itself',
    text: inCell('input x: [H]\na = a + x\noutput a'),
    code: 'RNN207',
    at: 'a',
    says: ['by itself'],
  },
  {
    name: 'a cycle through a function',
    text: inCell('input x: [H]\nfn f(v) = v + b\na = f(x)\nb = 2*a\noutput b'),
    code: 'RNN207',
    at: 'a',
    says: ['a -> b -> a'],
  },
  {
    name: 'a state without an equation',
    text: inCell('state h, c: [H]\nh = c_prev'),
    code: 'RNN208',
    at: 'c',
  },
  {
    name: 'an equation for a parameter',
    text: inCell('param b: [H] = 0\nb = 2\noutput b'),
    code: 'RNN209',
    at: 'b',
    says: ['a parameter'],
  },
  {
    name: 'a state of another shape',
    text: inCell('input x: [I]\nstate h: [H]\nparam W: [I, I] ~ glorot\nh = W @ x'),
    code: 'RNN210',
    at: 'W @ x',
    says: ['[H]', '[I]', 'Declare W as [H, I].', 'h is declared here as [H]'],
  },
  {
    name: 'the previous value of a value',
    text: inCell('input x: [H]\nz = 2*x\noutput y = z_prev'),
    code: 'RNN211',
    at: 'z_prev',
    says: ['Declare z as a state'],
  },
  {
    name: 'the previous value of a parameter',
    text: inCell('param b: [H] = 0\noutput y = b_prev + b'),
    code: 'RNN211',
    at: 'b_prev',
  },
  {
    name: 'a slice past the end',
    text: inCell('input x: [H]\noutput y = x[0:H + 1]'),
    code: 'RNN215',
    at: 'x[0:H + 1]',
    says: ['[H]', 'H + 1 to be at most H'],
  },
  { name: 'an empty slice', text: inCell('input x: [H]\noutput y = x[H:H]'), code: 'RNN215', at: 'x[H:H]' },
  {
    name: 'a negative index',
    text: inCell('input x: [H]\noutput y = x[-1]'),
    code: 'RNN215',
    at: 'x[-1]',
    says: ['x[H - 1]'],
  },
  { name: 'an entry of a scalar', text: inCell('input x: []\noutput y = x[0]'), code: 'RNN212', at: 'x' },
  {
    name: 'an unknown function',
    text: inCell('input x: [H]\noutput y = sigmod(x)'),
    code: 'RNN216',
    at: 'sigmod',
    says: ['Did you mean sigmoid?'],
  },
  {
    name: 'a value called as a function',
    text: inCell('input x: [H]\nalpha = 2\noutput y = alpha(x)'),
    code: 'RNN216',
    at: 'alpha',
    says: ['alpha is a value'],
  },
  {
    name: 'a function as a value',
    text: inCell('input x: [H]\noutput y = x*tanh'),
    code: 'RNN243',
    at: 'tanh',
  },
  {
    name: 'too many arguments',
    text: inCell('input x: [H]\noutput y = sum(x, 0, 1)'),
    code: 'RNN217',
    at: 'sum(x, 0, 1)',
  },
  {
    name: 'too few arguments',
    text: inCell('fn f(a, b) = a + b\noutput y = f(1)'),
    code: 'RNN217',
    at: 'f(1)',
    says: ['2 arguments (a, b)'],
  },
  {
    name: 'recursion',
    text: inCell('fn f(a) = g(a)\nfn g(a) = 2*f(a)\noutput y = f(1)'),
    code: 'RNN218',
    at: 'f(a)',
    says: ['f -> g -> f'],
  },
  {
    name: 'a mistake in a function',
    text: inCell('input x: [I], y: [H]\nfn f(a, b) = a + b\noutput z = f(x, y)'),
    code: 'RNN204',
    at: 'a + b',
    says: ['in this call of f', '[I]', '[H]'],
  },
  {
    name: 'a mistake in a library function',
    text: inCell('input x: [I], y: [H]\noutput z = squared_error(x, y)'),
    code: 'RNN204',
    at: 'squared_error(x, y)',
    says: ['[I]', '[H]'],
  },
  {
    name: 'split in an expression',
    text: inCell('input x: [H]\noutput y = 2*split(x, 2)'),
    code: 'RNN219',
    at: 'split(x, 2)',
  },
  {
    name: 'a list without split',
    text: inCell('input x: [H]\n[a, b] = x\noutput a, b'),
    code: 'RNN219',
    at: 'x',
  },
  {
    name: 'a list as a stack',
    text: inCell('input x: [H]\noutput y = [x, x]'),
    code: 'RNN219',
    at: '[x, x]',
    says: ['[a; b]'],
  },
  {
    name: 'a quantity as a class',
    text: inCell('state h: [H]\nh = h_prev\nloss cross_entropy(h, 2*h[0])'),
    code: 'RNN230',
    at: 'cross_entropy(h, 2*h[0])',
    says: ['2*h[0] is not an index'],
  },
  {
    name: 'more names than parts',
    text: inCell('input x: [2*H]\n[a, b, c] = split(x, 2)\noutput a'),
    code: 'RNN220',
    at: 'split(x, 2)',
    says: ['3 names for 2 parts'],
  },
  {
    name: 'parts that do not add up',
    text: inCell('input x: [3*H]\n[a, b] = split(x, [H, H])\noutput a'),
    code: 'RNN221',
    at: 'split(x, [H, H])',
    says: ['2*H', '3*H'],
  },
  {
    name: 'softmax of a matrix without an axis',
    text: inCell('param W: [H, I] = 1\noutput y = softmax(W)'),
    code: 'RNN222',
    at: 'softmax(W)',
    says: ['softmax(W, 1)'],
  },
  {
    name: 'an axis that is not there',
    text: inCell('input x: [H]\noutput y = sum(x, 1)'),
    code: 'RNN222',
    at: 'sum(x, 1)',
  },
  {
    name: 'an axis that is not constant',
    text: inCell('input x: [H]\noutput y = sum(x, x)'),
    code: 'RNN222',
    at: 'x',
  },
  {
    name: 'col without a matrix',
    text: inCell('input x: [H]\noutput y = tanh(col(x))'),
    code: 'RNN223',
    at: 'tanh(col(x))',
  },
  {
    name: 'col of the wrong length',
    text: inCell('input x: [I]\nparam W: [H, I] ~ he\noutput y = col(x)*W'),
    code: 'RNN204',
    at: 'col(x)*W',
    says: ['I entries', 'H rows'],
  },
  {
    name: 'a class number as a quantity',
    text: inCell('input t: index(H)\noutput y = t + 1'),
    code: 'RNN224',
    at: 't',
    says: ['E[t]'],
  },
  {
    name: 'a class number compared',
    text: inCell('input t: index(H)\noutput y = t == 1'),
    code: 'RNN224',
    at: 't',
  },
  { name: 'a class number as output', text: inCell('input t: index(H)\noutput t'), code: 'RNN224', at: 't' },
  {
    name: 'the previous class without a start',
    text: inCell('input t: index(H)\noutput y = one_hot(t_prev)'),
    code: 'RNN248',
    at: 't_prev',
  },
  {
    name: 'rows for other classes',
    text: inCell('input t: index(H)\nparam E: [I, 3] ~ he\noutput y = E[t]'),
    code: 'RNN226',
    at: 'E[t]',
    says: ['H classes', 'I entries'],
  },
  {
    name: 'a quantity as an index',
    text: inCell('input x: [H], k: []\noutput y = x[k]'),
    code: 'RNN230',
    at: 'k',
  },
  {
    name: 'a loss that is a vector',
    text: inCell('state h: [H]\nh = h_prev\nloss h^2'),
    code: 'RNN227',
    at: 'h^2',
    says: ['[H]', 'sum'],
  },
  {
    name: 'two losses',
    text: inCell('state h: [H]\nh = h_prev\nloss sum(h)\nloss 2'),
    code: 'RNN228',
    at: 'loss 2',
  },
  {
    name: 'a start at an input',
    text: inCell('input x: [H]\nstate h: [H] = x\nh = h_prev'),
    code: 'RNN229',
    at: 'x',
  },
  {
    name: 'a start of another shape',
    text: inCell('param s: [I] = 0\nstate h: [H] = s\nh = h_prev'),
    code: 'RNN247',
    at: 's',
    says: ['[H]', '[I]'],
  },
  {
    name: 'a parameter without a start',
    text: inCell('param W: [H, I]\noutput y = W'),
    code: 'RNN231',
    at: 'W: [H, I]',
    says: ['~ glorot'],
  },
  {
    name: 'a parameter that starts at another',
    text: inCell('param a: [H] = 1, b: [H] = a\noutput y = a + b'),
    code: 'RNN232',
    at: 'a',
  },
  {
    name: 'a parameter that starts at a sum',
    text: inCell('param b: [H] = 2*sum([1; 2])\noutput y = b'),
    code: 'RNN232',
    at: 'sum([1; 2])',
    says: ['an operation on arrays'],
  },
  {
    name: 'a draw in an equation',
    text: inCell('input x: [H]\noutput y = x + normal(0, 1)'),
    code: 'RNN233',
    at: 'normal(0, 1)',
  },
  {
    name: 'glorot for a vector',
    text: inCell('param b: [H] ~ glorot\noutput y = b'),
    code: 'RNN234',
    at: 'glorot',
    says: ['uniform'],
  },
  {
    name: 'spectral for no square',
    text: inCell('param b: [H, I] ~ spectral(0.9)\noutput y = b'),
    code: 'RNN234',
    at: 'spectral(0.9)',
  },
  {
    name: 'uniform without limits',
    text: inCell('param b: [H] ~ uniform\noutput y = b'),
    code: 'RNN217',
    at: 'uniform',
  },
  {
    name: 'a drawn constant',
    text: inCell('const b: [H] ~ normal(0, 1)\noutput y = b'),
    code: 'RNN242',
    at: '~ normal(0, 1)',
  },
  {
    name: 'too many indices',
    text: inCell('const b: [H] = (i, j) -> i + j\noutput y = b'),
    code: 'RNN244',
    at: '= (i, j) -> i + j',
  },
  {
    name: 'an array as an entry',
    text: inCell('const b: [2] = [1; 2]\noutput y = b'),
    code: 'RNN245',
    at: '[1; 2]',
  },
  {
    name: 'a default that is no size',
    text: inCell('input x: [N]\noutput x', 'N = 0'),
    code: 'RNN238',
    at: '0',
  },
  {
    name: 'a default that is not constant',
    text: inCell('input x: [N]\noutput x', 'H, N = H'),
    code: 'RNN235',
    at: 'H',
  },
  { name: 'a lag of zero', text: inCell('state h: [H]\nh = prev(h, 0)'), code: 'RNN240', at: '0' },
  {
    name: 'a lag that is a parameter',
    text: inCell('state h: [H]\nparam k: [] = 2\nh = prev(h, k)'),
    code: 'RNN205',
    at: 'k',
  },
  { name: 'a lag of a half', text: inCell('state h: [H]\nh = prev(h, 1/2)'), code: 'RNN240', at: '1/2' },
  { name: 'a long lag', text: inCell('state h: [H]\nh = prev(h, 1001)'), code: 'RNN240', at: '1001' },
  {
    name: 'a lag of a value',
    text: inCell('input x: [H]\nz = 2*x\noutput y = prev(z, 2)'),
    code: 'RNN211',
    at: 'prev(z, 2)',
  },
  {
    name: 'a lag of an expression',
    text: inCell('input x: [H]\noutput y = prev(2*x, 2)'),
    code: 'RNN211',
    at: '2*x',
  },
  {
    name: 'a lag of a member of a value',
    text: inCell('param W: [H, H] ~ he\noutput y = prev(W.T, 2)'),
    code: 'RNN211',
    at: 'W.T',
  },
  {
    name: 'a limit of clip_gradient that is computed',
    text: inCell('state h: [H]\nh = clip_gradient(h_prev, sum(h_prev))'),
    code: 'RNN267',
    at: 'sum(h_prev)',
  },
  {
    name: 'a limit of clip_gradient that is negative',
    text: inCell('state h: [H]\nh = clip_gradient(h_prev, -1)'),
    code: 'RNN267',
    at: '-1',
  },
  {
    name: 'a derivative for one of two arguments',
    text: inCell('input x: [H]\nfn f(a, b) = a*b with derivative 3*a\noutput y = f(x, 2)'),
    code: 'RNN265',
    at: '3*a',
  },
  {
    name: 'a derivative of its own of a sum',
    text: inCell('input x: [H]\nfn f(a) = sum(a) with derivative 1\noutput y = f(x)'),
    code: 'RNN266',
    at: 'sum(a)',
  },
  {
    name: 'a derivative of another shape',
    text: inCell('input x: [H]\nfn f(a) = a > 0 with derivative outer(a, a)\noutput y = f(x)'),
    code: 'RNN266',
    at: 'outer(a, a)',
  },
  {
    name: 'an unknown name in a derivative',
    text: inCell('input x: [H]\nfn f(a) = a > 0 with derivative b\noutput y = f(x)'),
    code: 'RNN201',
    at: 'b',
  },
  {
    name: 'an argument by name',
    text: inCell('input x: [H]\noutput y = tanh(x, gain = 2)'),
    code: 'RNN246',
    at: 'gain = 2',
  },
  {
    name: 'nothing to see',
    text: 'cell Test(H) {\n  input x: [H]\n  y = x\n}\n',
    code: 'RNN236',
    at: 'Test',
  },
  {
    name: 'a member that is not there',
    text: inCell('param W: [H, I] ~ he\noutput y = W.t'),
    code: 'RNN315',
    at: 't',
    says: ['Did you mean W.T?'],
  },
  { name: 'a missing file', text: `import { A } from "./a.rnn"\n${inner}`, code: 'RNN301', at: '"./a.rnn"' },
  {
    name: 'a missing import',
    text: `import { Iner } from "./a.rnn"\n${inner}`,
    code: 'RNN302',
    at: 'Iner',
    says: ['Did you mean Inner?'],
    files: { './a.rnn': inner },
  },
  {
    name: 'an unknown cell',
    text: `${inner}${inCell('input x: [H]\ncell c: Iner(H)\nn = c(x)\noutput y = n.h')}`,
    code: 'RNN304',
    at: 'Iner',
    says: ['Inner'],
  },
  {
    name: 'a cell in itself',
    text: inCell('input x: [H]\ncell c: Test(I, H)\nn = c(x)\noutput y = n.y'),
    code: 'RNN305',
    at: 'Test',
  },
  {
    name: 'too few sizes',
    text: `cell A(N, M) {\n  state h: [N, M]\n  h = h_prev\n}\n${inCell('cell c: A(H)\nn = c()\noutput y = n.h')}`,
    code: 'RNN306',
    at: 'cell c: A(H)',
    says: ['needs the size M'],
  },
  {
    name: 'a sum as a divisor',
    text: `cell A(N, M) {\n  state h: [N/M]\n  h = h_prev\n}\n${inCell('cell c: A(H, H + I)\nn = c()\noutput y = n.h')}`,
    code: 'RNN306',
    at: 'cell c: A(H, H + I)',
  },
  {
    name: 'an unknown number',
    text: `${inner}${inCell('input x: [H]\ncell c: Inner(H; gian = 2)\nn = c(x)\noutput y = n.h')}`,
    code: 'RNN307',
    at: 'gian',
    says: ['gain'],
  },
  {
    name: 'a cell applied twice',
    text: `${inner}${inCell('input x: [H]\ncell c: Inner(H)\nn = c(x)\nm = c(x)\noutput y = n.h + m.h')}`,
    code: 'RNN308',
    at: 'c(x)',
  },
  {
    name: 'a cell never applied',
    text: `${inner}${inCell('input x: [H]\ncell c: Inner(H)\noutput x')}`,
    code: 'RNN309',
    at: 'c',
  },
  {
    name: 'a cell applied in an expression',
    text: `${inner}${inCell('input x: [H]\ncell c: Inner(H)\nn = c(x)\noutput y = n.h + c(x)')}`,
    code: 'RNN310',
    at: 'c(x)',
  },
  {
    name: 'too many inputs',
    text: `${inner}${inCell('input x: [H]\ncell c: Inner(H)\nn = c(x, x)\noutput y = n.h')}`,
    code: 'RNN311',
    at: 'c(x, x)',
    says: ['1 input (x)'],
  },
  {
    name: 'an input of another shape',
    text: `${inner}${inCell('input x: [I]\ncell c: Inner(H)\nn = c(x)\noutput y = n.h')}`,
    code: 'RNN312',
    at: 'x',
    says: ['[H]', '[I]'],
  },
  {
    name: 'an unknown previous value of it',
    text: `${inner}${inCell('input x: [H]\ncell c: Inner(H)\nn = c(x, g_prev = x)\noutput y = n.h')}`,
    code: 'RNN313',
    at: 'g_prev',
    says: ['h_prev'],
  },
  {
    name: 'a step as a value',
    text: `${inner}${inCell('input x: [H]\ncell c: Inner(H)\nn = c(x)\noutput y = 2*n')}`,
    code: 'RNN314',
    at: 'n',
    says: ['n.h'],
  },
  {
    name: 'an unknown value of it',
    text: `${inner}${inCell('input x: [H]\ncell c: Inner(H)\nn = c(x)\noutput y = n.g')}`,
    code: 'RNN315',
    at: 'g',
    says: ['n.h'],
  },
  {
    name: 'a target inside',
    text: `cell A(N) {\n  target y: [N]\n  state h: [N]\n  h = h_prev + y\n}\n${inCell('cell c: A(H)\nn = c()\noutput y = n.h')}`,
    code: 'RNN316',
    at: 'c',
  },
];

describe('refuses', () => {
  for (const { name, text, code, at, says = [], files } of refusals) {
    test(name, () => {
      const { diagnostics } = checkText(text, files);
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      // One mistake, one diagnostic: nothing follows from it.
      expect(errors.map((d) => `${d.code} ${d.message}`)).toHaveLength(1);
      const [error] = errors;
      expect(error!.code).toBe(code);
      expect(textOf(error!.span)).toBe(at);
      const said = [error!.message, error!.label, error!.hint, ...error!.related.map((r) => r.label)].join(
        '\n',
      );
      for (const words of says) expect(said).toContain(words);
    });
  }

  test('all mistakes at once, in the order of the text', () => {
    const text = inCell(
      'input x: [I]\nstate h: [H]\na = oops + 1\nb = tanh(x @ x)\nc = a + b + a\nh = x\nd = 2*c + nope(c)\noutput d',
    );
    const { diagnostics } = checkText(text);
    expect(diagnostics.map((d) => d.code)).toEqual(['RNN201', 'RNN213', 'RNN210', 'RNN216']);
  });

  test('with statements missing, what follows from that alone is not told', () => {
    const text = inCell('input x: [I]\nstate h, c: [H]\nh = oops + h_prev\ny = x @ x');
    const { cells, diagnostics } = checkText(text, {}, { lost: new Set(['c', 'oops']) });
    expect(diagnostics.map((d) => d.code)).toEqual(['RNN213']);
    expect(cells.size).toBe(0);
  });

  test('an unused parameter is a warning', () => {
    const { diagnostics } = checkText(inCell('param W: [H, H] ~ glorot\nstate h: [H]\nh = h_prev'));
    expect(diagnostics.map((d) => [d.code, d.severity, textOf(d.span)])).toEqual([
      ['RNN241', 'warning', 'W'],
    ]);
  });
});
