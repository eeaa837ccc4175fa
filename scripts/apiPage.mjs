// Makes docs/api.md: what `rnnc`, `rnnc/compiler` and `rnnc/realtime` export, in the order and under the headings of
// their index files, with signatures as declared and docstrings. The test of that page calls it.
import { fileURLToPath } from 'node:url';
import {
  isClassDeclaration,
  isExportDeclaration,
  isFunctionDeclaration,
  isPrivateIdentifier,
  isVariableDeclaration,
} from 'typescript/unstable/ast/is';
import { API, SymbolFlags } from 'typescript/unstable/sync';

const root = fileURLToPath(new URL('..', import.meta.url));
const entries = [
  [
    'rnnc',
    'runtime/index.ts',
    'What a compiled cell needs to live, learn and run; [runtime.md](runtime.md) tells how.',
  ],
  ['rnnc/compiler', 'compiler/index.ts', 'Text to compiled cell; [compiler.md](compiler.md) tells how.'],
  [
    'rnnc/realtime',
    'runtime/realtime.ts',
    'Steps in an audio thread; [runtime.md](runtime.md#in-an-audio-thread) tells how.',
  ],
];

/** The page. */
export function apiPage() {
  return withProject((project) => {
    const introduction =
      'Made from the docstrings (`UPDATE=1 npx vitest run test/docs/api.test.ts` makes it anew). Arrays are typed arrays,\n' +
      'row-major; their shapes are written slowest axis first, `[steps, batch, H]`. Errors `RNN5..` are a `RuntimeError` with\n' +
      'that `code` ([runtime.md](runtime.md#errors)).';
    const parts = entries.flatMap((entry) => entryPage(project, entry));
    return `${['# Everything that is exported', introduction, ...parts].join('\n\n')}\n`;
  });
}

/** Functions, classes and constants that are exported, members of those classes, each with its docstring. */
export function documented() {
  return withProject((project) =>
    entries.flatMap(([entry, path]) =>
      groupsOf(project, path).flatMap(({ items }) =>
        items.flatMap(({ name, declaration }) => [
          ...(isFunctionDeclaration(declaration) ||
          isClassDeclaration(declaration) ||
          isVariableDeclaration(declaration)
            ? [{ name: `${entry} ${name}`, doc: docText(documentedNode(declaration)) }]
            : []),
          ...ownMembers(declaration).map((member) => ({
            name: `${entry} ${name}.${member.name.text}`,
            doc: docText(member),
          })),
        ]),
      ),
    ),
  );
}

function withProject(use) {
  const api = new API({ cwd: root });
  try {
    const [project] = api.updateSnapshot({ openProject: `${root}tsconfig.build.json` }).getProjects();
    return use(project);
  } finally {
    api.close();
  }
}

function entryPage(project, [entry, path, line]) {
  const groups = groupsOf(project, path);
  const link = ({ name }) => `[${name}](#${anchor(entry, name)})`;
  return [
    `## ${entry}`,
    line,
    groups
      .map(({ heading, items }) => `- ${heading ? `${heading}: ` : ''}${items.map(link).join(', ')}`)
      .join('\n'),
    ...groups.flatMap(({ items }) => items.map((item) => itemText(project, entry, item))),
  ];
}

/** Exports under the `// ---- heading` comments of an index file, in its order; else as declared. */
function groupsOf(project, path) {
  const file = project.program.getSourceFile(root + path);
  const symbols = new Map(
    project.checker
      .getExportsOfModule(project.checker.getSymbolAtLocation(file))
      .map((symbol) => [symbol.name, isAlias(symbol) ? project.checker.getAliasedSymbol(symbol) : symbol]),
  );
  const item = (name) => ({ name, declaration: symbols.get(name).declarations[0].resolve(project) });
  const groups = [];
  for (const statement of file.statements) {
    if (!isExportDeclaration(statement)) continue;
    const above = file.text.slice(statement.pos, statement.getStart());
    const heading = /\/\/ -+ (.*?)[ -]*$/m.exec(above)?.[1];
    if (heading !== undefined || groups.length === 0) groups.push({ heading, items: [] });
    groups.at(-1).items.push(...statement.exportClause.elements.map(({ name }) => item(name.text)));
  }
  return groups.length > 0 ? groups : [{ heading: undefined, items: [...symbols.keys()].map(item) }];
}

const isAlias = ({ flags }) => (flags & SymbolFlags.Alias) !== 0;

function itemText(project, entry, { name, declaration }) {
  const { text, tags } = docOf(declaration);
  return [
    `<a id="${anchor(entry, name)}"></a>`,
    `### ${name}`,
    `\`\`\`ts\n${signature(project, name, declaration)}\n\`\`\``,
    ...(text === '' ? [] : [escaped(text)]),
    ...(tags.length === 0 ? [] : [tags.map((tag) => `- ${escaped(tag)}`).join('\n')]),
  ].join('\n\n');
}

const anchor = (entry, name) => `${entry.replace('/', '-')}-${name}`;

/** As declared, without bodies and what is private. */
function signature(project, name, declaration) {
  if (isVariableDeclaration(declaration)) {
    const type = project.checker.getTypeAtLocation(declaration.name);
    return `const ${name}: ${project.checker.typeToString(type)}`;
  }
  if (isFunctionDeclaration(declaration)) return withoutBody(declaration).replace(/^export (async )?/, '');
  if (!isClassDeclaration(declaration)) return ownText(declaration).replace(/^export /, '');
  const head = /^export ([^{]*)\{/.exec(ownText(declaration))[1];
  const members = publicMembers(declaration).map((member) => {
    const doc = docText(member);
    return `  ${doc === '' ? '' : `${doc}\n  `}${withoutBody(member)}`;
  });
  return `${head}{\n${members.join('\n')}\n}`;
}

/** Of a class or an interface; else none. */
function publicMembers(declaration) {
  return [...(declaration.members ?? [])].filter(
    (member) =>
      !(member.name && isPrivateIdentifier(member.name)) && !/^(private|protected) /.test(ownText(member)),
  );
}

/** From behind its docstring on. */
function ownText(node) {
  const { text } = node.getSourceFile();
  const start = Math.max(node.getStart(), node.jsDoc?.at(-1)?.end ?? 0);
  return text.slice(start, node.end).trim();
}

function withoutBody(node) {
  const whole = ownText(node);
  if (!node.body) return whole;
  return `${whole.slice(0, whole.length - (node.end - node.body.getStart())).trimEnd()};`;
}

/** Its docstring: the text, its paragraphs unwrapped, and a line for each tag. */
function docOf(declaration) {
  const lines = docText(documentedNode(declaration))
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trim());
  const [text, ...tags] = lines.join('\n').split(/^@/m);
  return { text: unwrapped(text), tags: tags.map((tag) => tagLine(unwrapped(tag))) };
}

/** The docstring of a constant stands above its statement. */
const documentedNode = (declaration) =>
  isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;

/** Of a class: what is called, and neither its constructor nor what it overrides. */
const ownMembers = (declaration) =>
  isClassDeclaration(declaration)
    ? publicMembers(declaration).filter((member) => member.name && !ownText(member).startsWith('override '))
    : [];

/** As written, the last where there are several; other comments may stand before it. */
function docText(node) {
  const doc = node.jsDoc?.at(-1);
  if (doc === undefined) return '';
  const text = node.getSourceFile().text.slice(doc.pos, doc.end).trim();
  return text.slice(text.lastIndexOf('/**'));
}

const unwrapped = (text) =>
  text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replace(/\s+/g, ' '))
    .join('\n\n');

function tagLine(tag) {
  const [, kind, rest] = /^(\w+) ?(.*)$/s.exec(tag);
  if (kind === 'param') return rest.replace(/^(\S+) /, '`$1`: ');
  return `${kind}: ${rest}`;
}

/** For Markdown, outside of code. */
const escaped = (text) =>
  text.replace(/`[^`]*`|[<*_]/g, (part) => (part.length > 1 ? part : part === '<' ? '&lt;' : `\\${part}`));
