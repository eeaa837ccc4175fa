/** Writes the generated sources where they are missing or differ. */
export function generate(): Promise<void>;
