/** The table of docs/architecture.md: which folder may import which. Parts meet over the link, never by imports. */
const parts = {
  kairos: { folders: [], packages: ['mathjs'] },
  contract: { folders: [], packages: ['zod', 'yaml'] },
  link: { folders: ['contract'], packages: ['mqtt'] },
  broker: {
    folders: ['contract'],
    packages: ['aedes', 'aedes-persistence', 'mqemitter', 'mqtt-packet', 'ws'],
  },
  'node-agent': { folders: ['contract', 'kairos'], packages: [] },
  'sync-worker': { folders: ['contract', 'kairos'], packages: [] },
  adapters: { folders: ['contract', 'kairos'], packages: ['zod', 'rpio', 'ws'] },
};

const layers = Object.entries(parts).map(([folder, { folders }]) => ({
  name: `${folder}-imports`,
  severity: 'error',
  comment: `${folder}/ may import ${folders.length === 0 ? 'no other folder' : folders.join(', ')}`,
  from: { path: `^${folder}/` },
  to: {
    path: '^(adapters|bench|broker|cli|contract|examples|kairos|link|node-agent|scripts|sync-worker|test)/',
    pathNot: `^(${[folder, ...folders].join('|')})/`,
  },
}));

const packages = Object.entries(parts).map(([folder, { packages }]) => ({
  name: `${folder}-packages`,
  severity: 'error',
  comment: `${folder}/ may import the packages: ${packages.join(', ') || 'none'}`,
  from: { path: `^${folder}/` },
  to: {
    dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-no-pkg', 'npm-unknown'],
    pathNot: packages.map((name) => `node_modules/${name}/`),
  },
}));

module.exports = {
  forbidden: [
    ...layers,
    ...packages,
    {
      name: 'kairos-is-pure',
      severity: 'error',
      comment: 'kairos/ does no I/O',
      from: { path: '^kairos/' },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-test', severity: 'error', from: { pathNot: '^test/' }, to: { path: '^test/' } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
