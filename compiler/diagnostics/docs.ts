import { catalog } from './catalog/index.ts';

/** Longest example that is shown whole. */
const longest = 600;

/** docs/errors.md, from the catalogue: every code, what it means, and a program that provokes it. */
export function errorsPage(): string {
  const entries = catalog.map(({ code, severity, doc, example, given }) => {
    const shown = example.length <= longest ? example.trimEnd() : `${example.slice(0, 60)}…`;
    const sizes = given === undefined ? '' : `\nwith ${JSON.stringify(given)}\n`;
    return `## ${code}${severity === 'warning' ? ' (warning)' : ''}\n\n${doc}\n\n\`\`\`rnn\n${shown}\n\`\`\`\n${sizes}`;
  });
  const head = [
    '# Errors and warnings',
    '',
    'Made from the catalogue (`compiler/diagnostics/catalog/`); do not edit. RNN1xx syntax, RNN2xx names and shapes,',
    'RNN3xx imports and cells in cells, RNN4xx sizes. Errors of the runtime, RNN5xx, stand in [runtime.md](runtime.md);',
    'those of case files, RNN6xx, in [case-format.md](case-format.md).',
    '',
    '',
  ].join('\n');
  return `${head}${entries.join('\n')}`;
}
