// Who may import what, held by `npm run check`: two outside worlds that never meet, and a core that knows neither.

// TypeScript 7 brings no parser that dependency-cruiser can use. Without swc it would read no .ts file, and find no fault.
require.resolve('@swc/core');

const WORDS = '^src/(errors|clock|log|metrics|new-id|version|pages|browser)[.]ts$';
const TEXTS = '^src/texts/';
const NOUNS = '^src/(booking|subscription)/';
const VERBS = '^src/(delivery|connection)/';
const PROCESS = '^src/(crowd|departure|http|schedule|terminal)[.]ts$';
const EDGES = '^src/(slack|calendly|store)/';
const START = '^src/(main|app|config|setup-guide)[.]ts$';

/** The parts of src, each with what it may import of src. A file outside them has no place yet. */
const rooms = [
  { name: 'words', path: WORDS, may: [WORDS] },
  { name: 'texts', path: TEXTS, may: [TEXTS] },
  { name: 'nouns', path: NOUNS, may: [WORDS, TEXTS, NOUNS] },
  { name: 'delivery', path: '^src/delivery/', may: [WORDS, TEXTS, NOUNS, '^src/delivery/'] },
  { name: 'connection', path: '^src/connection/', may: [WORDS, TEXTS, NOUNS, '^src/connection/'] },
  { name: 'slack', path: '^src/slack/', may: [WORDS, TEXTS, NOUNS, VERBS, '^src/slack/'] },
  { name: 'calendly', path: '^src/calendly/', may: [WORDS, TEXTS, NOUNS, VERBS, '^src/calendly/'] },
  { name: 'store', path: '^src/store/', may: [WORDS, TEXTS, NOUNS, VERBS, '^src/store/'] },
  { name: 'process', path: PROCESS, may: [WORDS, PROCESS] },
  { name: 'config', path: '^src/config[.]ts$', may: [WORDS] },
  { name: 'setup-guide', path: '^src/setup-guide[.]ts$', may: ['^src/config[.]ts$'] },
  { name: 'app', path: '^src/app[.]ts$', may: [WORDS, TEXTS, NOUNS, VERBS, EDGES, PROCESS, '^src/config[.]ts$'] },
  { name: 'main', path: '^src/main[.]ts$', may: [WORDS, START] },
  { name: 'start', path: '^src/start[.]js$', may: ['^src/main[.]ts$'] },
];

module.exports = {
  forbidden: [
    ...rooms.map(({ name, path, may }) => ({
      name: `src-${name}`,
      severity: 'error',
      comment: `src: ${name} may import no other part of src than ${may.join(' ')}`,
      from: { path },
      to: { path: '^src/', pathNot: may },
    })),
    {
      name: 'src-no-room',
      severity: 'error',
      comment: 'A new part of src needs its place in this file and its reason in docs/decisions.md.',
      from: { path: '^src/', pathNot: rooms.map(({ path }) => path) },
      to: {},
    },
    {
      name: 'src-alone',
      severity: 'error',
      comment: 'The app knows neither its sandbox nor its tests.',
      from: { path: '^src/' },
      to: { path: '^(sandbox|test|bench|scripts)/' },
    },
    {
      name: 'core-knows-no-outside',
      severity: 'error',
      comment: 'The core asks for what it needs through interfaces; Slack, databases and HTTP stand behind them.',
      from: { path: [NOUNS, VERBS] },
      to: {
        path: [
          'node_modules/(@slack|kysely|pg|undici|node-cron)(/|$)',
          '^(node:)?(http|https|http2|net|tls|sqlite|fs)$',
        ],
      },
    },
    {
      name: 'sandbox-alone',
      severity: 'error',
      comment:
        'The sandbox stands for Slack and Calendly: an error copied from the app would never be seen. What a terminal shows is neither.',
      from: { path: '^sandbox/' },
      to: { path: '^(src|test|bench|scripts)/', pathNot: '^src/terminal[.]ts$' },
    },
    {
      name: 'scripts-config-only',
      severity: 'error',
      comment: 'Scripts read settings and files; they do not run parts of the app.',
      from: {
        path: '^scripts/',
        pathNot: [
          '^scripts/(doctor|config|support|erase|audit|rotate-keys)[.]ts$',
          '^scripts/gallery([.]ts$|/)',
          '^scripts/(backup[.]ts$|restore[.]ts$|copies/)',
        ],
      },
      to: { path: '^(src|sandbox|test|bench)/', pathNot: ['^src/config[.]ts$', '^src/errors[.]ts$'] },
    },
    {
      name: 'gallery-only-draws',
      severity: 'error',
      comment:
        'The gallery draws what the app says, and walks through its front door as the tests do; it runs no other part of it.',
      from: { path: '^scripts/gallery([.]ts$|/)' },
      to: {
        path: '^(src|sandbox|test|bench)/',
        pathNot: [
          '^src/slack/(messages/|commands/index[.]ts$)',
          '^src/delivery/(content|privacy|sample)[.]ts$',
          '^src/subscription/subscription[.]ts$',
          '^src/texts/',
          '^sandbox/slack/(page/|types[.]ts$)',
          '^src/(errors|terminal|connection/connection)[.]ts$',
          '^test/(slack/fake-product|stories/browser)[.]ts$',
          '^src/(app|config|log)[.]ts$',
          '^src/(pages|calendly/sign-in-pages|slack/install-pages)[.]ts$',
          '^sandbox/(slack|calendly)/server[.]ts$',
        ],
      },
    },
    {
      name: 'copies-only-copy',
      severity: 'error',
      comment:
        'A backup copies the memory as a whole, and a restore holds its lock; neither reads what is in it, but for the names of the keys that seal it.',
      from: { path: '^scripts/(backup[.]ts$|restore[.]ts$|copies/)' },
      to: {
        path: '^(src|sandbox|test|bench)/',
        pathNot: ['^src/(config|errors|setup-guide|terminal)[.]ts$', '^src/store/(engine|key-census)[.]ts$'],
      },
    },
    {
      name: 'config-only-subscriptions',
      severity: 'error',
      comment: 'Subscriptions by a file, beside the app; it runs no other part of it.',
      from: { path: '^scripts/config[.]ts$' },
      to: {
        path: '^(src|sandbox|test|bench)/',
        pathNot: [
          '^src/(config|errors|setup-guide|terminal)[.]ts$',
          '^src/store/config[.]ts$',
          '^src/subscription/config[.]ts$',
        ],
      },
    },
    {
      name: 'doctor-only-looks',
      severity: 'error',
      comment:
        'The doctor reads the memory beside the app, as what is sent to maintainers does; they run no other part of it.',
      from: { path: '^scripts/(doctor|support)[.]ts$' },
      to: {
        path: '^(src|sandbox|test|bench)/',
        pathNot: [
          '^src/(config|errors|setup-guide|terminal|version)[.]ts$',
          // Which permissions are needed: a list, and nothing that runs.
          '^src/slack/scopes[.]ts$',
          '^src/store/(check-up|engine)[.]ts$',
          '^src/delivery/ledger[.]ts$',
        ],
      },
    },
    {
      name: 'tools-only-theirs',
      severity: 'error',
      comment:
        'Erasing, the record and the change of keys work on the memory beside the app; they run no other part of it.',
      from: { path: '^scripts/(erase|audit|rotate-keys)[.]ts$' },
      to: {
        path: '^(src|sandbox|test|bench)/',
        pathNot: [
          '^src/(errors|terminal)[.]ts$',
          '^src/store/(audit|audit-export|database|erasures|rotate|settle-keys)[.]ts$',
          '^src/delivery/erasure[.]ts$',
        ],
      },
    },
    {
      name: 'no-development-packages',
      severity: 'error',
      comment: 'npm ci --omit=dev must be enough to run the app, and what looks after it.',
      from: {
        path: ['^src/', '^scripts/((doctor|backup|restore|support|config|erase|audit|rotate-keys)[.]ts$|copies/)'],
      },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'server-driver-only-with-a-server',
      severity: 'error',
      comment: 'The embedded database is the default: what only PostgreSQL needs is loaded when there is one.',
      from: { path: '^src/', pathNot: '^src/store/(postgres-engine|postgres-driver|query-after)[.]ts$' },
      to: {
        path: ['^src/store/(postgres-engine|postgres-driver|query-after)[.]ts$', 'node_modules/(@types/)?pg/'],
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    { name: 'no-cycles', severity: 'error', comment: 'Types count too.', from: {}, to: { circular: true } },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'The file is not there.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // It sees imports of types too, and they count.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    // Served to a browser as they are, and fixtures are no code of ours.
    exclude: { path: '^test/fixtures/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
