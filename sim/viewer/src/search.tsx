// Looking for entries of the log: words, or a node, a CoValue or a kind from a list.
import { KINDS } from './filter';
import type { Store } from './store';
import { counted } from './words';

function quoted(name: string): string {
  return /\s/.test(name) ? `"${name}"` : name;
}

function Choice({ store, field, all, label }: { store: Store; field: string; all: [string, string][]; label: string }) {
  const pattern = new RegExp(`(^|\\s)${field}:("[^"]*"|\\S+)`);
  const chosen = (pattern.exec(store.filterText.value)?.[2] ?? '').replace(/^"|"$/g, '');
  const choose = (value: string): void => {
    const rest = store.filterText.value.replace(pattern, '').trim();
    store.filterText.value = value === '' ? rest : `${rest} ${field}:${quoted(value)}`.trim();
  };
  return (
    <select aria-label={label} value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
      <option value="">{label}</option>
      {chosen !== '' && !all.some(([value]) => value === chosen) ? <option value={chosen}>{chosen}</option> : null}
      {all.map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  );
}

export function Search({ store }: { store: Store }) {
  const { log } = store.model;
  const same = (names: string[]): [string, string][] => names.map((name) => [name, name]);
  const { kinds: used, says } = store.model.used;
  const kinds: [string, string][] = [
    ...Object.entries(KINDS).map(([name, { words }]): [string, string] => [name, words]),
    ...same(log.head.says.filter((name) => name !== '' && says.has(name))),
    ...same(['operation', 'skipped', 'timer', 'loadEnded', 'uploaded'].filter((name) => used.has(name))),
  ];
  const unknown = store.filter.value.unknown;
  const count = store.listed.value.length;
  const total = store.model.told.length;
  return (
    <form class="search" role="search" onSubmit={(event) => event.preventDefault()}>
      <input
        id="filter"
        type="search"
        placeholder="Find entries: words, node: id: kind: session: op:"
        aria-label="Find entries"
        autocomplete="off"
        spellcheck={false}
        value={store.filterText.value}
        onInput={(event) => (store.filterText.value = event.currentTarget.value)}
      />
      <Choice store={store} field="node" label="any node" all={same(log.head.nodes)} />
      <Choice store={store} field="id" label="any CoValue" all={same(log.head.coValues)} />
      <Choice store={store} field="kind" label="any kind" all={kinds} />
      <output class="count" aria-live="polite">
        {store.isFiltered.value ? `${count.toLocaleString('en')} of ` : ''}
        {counted(total, 'entry', 'entries')}
        {store.searched.value === null ? '' : `, searching (${Math.round(store.searched.value * 100)} %)`}
      </output>
      {unknown.length > 0 ? <p class="unknown">There is no {unknown.join(', ')} in this run.</p> : null}
    </form>
  );
}
