/** docs/api.md, made from the docstrings of what the package exports. */
export function apiPage(): string;

/** Functions, classes and constants that are exported, and members of classes, with their docstrings, '' for none. */
export function documented(): readonly { readonly name: string; readonly doc: string }[];
