/** Cells that look at something given once per sequence, by what they show. */
export const cells: Readonly<Record<string, string>> = {
  'a vector per sequence': `cell A(I, H, D) {
  input x: [I]
  input s: [D] per sequence
  state h: [H] = tanh(V @ s)
  param V, C: [H, D] ~ glorot, W: [H, I] ~ glorot, U: [H, H] ~ glorot
  h = tanh(W @ x + U @ h_prev + C @ s)
  output h
}`,
  'a matrix and a class per sequence': `cell A(I, H, D, V) {
  input x: [I]
  input M: [D, H] per sequence, who: index(V) per sequence
  state h: [H]
  param E: [V, H] ~ normal(0, 1), W: [H, I] ~ glorot
  h = tanh(W @ x + E[who] + tanh(M @ h_prev) @ M)
  output h, m = norm(M)
}`,
  attention: `cell A(I, H, D, S) {
  input x: [I]
  input M: [D] over S
  state h: [H]
  param W: [D, H] ~ glorot, U: [D, D] ~ glorot, v: [D] ~ normal(0, 1)
  param R: [H, I + D + H] ~ glorot
  e = dot(v, tanh(W @ h_prev + U @ M))
  a = softmax(e over S)
  c = sum(a*M over S)
  h = tanh(R @ [x; c; h_prev])
  output h, a
}`,
  'every reduction': `cell A(I, H, S) {
  input x: [H]
  input M: [H] over S
  state h: [H]
  k = M*h_prev + x
  p = mean(k over S)
  q = max(k over S) - min(k over S)
  r = logsumexp(k over S) + norm(k over S)
  n = sum(layer_norm(k over S)*M over S)
  l = sum(log_softmax(k over S)*k over S)
  u = sum(cumsum(k over S) over S)
  h = 0.3*tanh(p + q + r + 0.1*n + 0.1*l + 0.1*u)
  output h, d = dot(M, h), t = [M[0:1]; sum(M)]
}`,
  'two sizes, and matrices over one': `cell A(H, D, R, S) {
  input x: [H]
  input M: [D, H] over S, N: [H] over R
  target p: [] over S
  state h: [H]
  y = M @ N
  z = max(y over R)
  w = softmax(sum(col(y)*M.T.T)/7 over R)
  a = softmax(sum(z) + dot(h_prev, M[0]) over S)
  h = tanh(x + sum(a*z @ M over S) + 0.1*sum(sum(w*N over R) over S))
  output h
  loss -sum(p*log_softmax(dot(h, M[0]) over S) over S)
}`,
  'blocks, powers, a clipped gradient, an inner cell and a function': `cell Look(D, S) {
  input q: [D]
  input M: [D] over S
  state n: [D]
  fn share(e, R) = softmax(e over R)
  n = 0.5*n_prev + sum(share(dot(q, M), S)*M over S)
  output n
}
cell A(H, S) {
  input x: [2*H]
  input M: [2*H] over S
  cell look: Look(2*H, S)
  param W: [2, H, H] ~ glorot
  state h: [2*H]
  k = clip_gradient(block_diagonal(W) @ M, 100)
  n = look(h_prev, k)
  h = tanh(x + n.n + sum(M^2*k over S) + sum(reshape(M, [H, 2])[0:1] @ [1; 2] over S)[0])
}`,
  'another picture at every step': `cell A(H, S) {
  input M: [H] over S per step
  state h: [H]
  h = 0.5*h_prev + sum(softmax(dot(M, h_prev) over S)*M over S)
}`,
};

export const sizes = { I: 2, H: 3, D: 2, V: 4, S: 5, R: 3 };
/** Those of these sizes that a cell has. */
export const sizesOf = (text: string): Readonly<Record<string, number>> => {
  const names = /cell A\(([^)]*)\)/.exec(text)![1]!.split(', ');
  return Object.fromEntries(Object.entries(sizes).filter(([name]) => names.includes(name)));
};
