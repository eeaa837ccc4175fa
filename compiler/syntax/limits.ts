/**
 * How deep an expression may go, brackets, operators and chains counted alike: `a + b + c` is two deep, for it means
 * `(a + b) + c`. Later stages recurse over the tree, and a chain of this length is safe on Node's default stack.
 */
export const nestingLimit = 1000;

/** How many loops may stand inside one another. */
export const loopLimit = 20;

/** The most UTF-16 units of one statement, spaces and comments not counted; its parser takes some 15 microseconds and 2 kB for each. */
export const statementLimit = 50_000;
