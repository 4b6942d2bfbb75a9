// A small JSON-schema reader for settings: says what is wrong with a value and fills in defaults. Never makes code.

export type Schema = { readonly [key: string]: unknown };

export interface SchemaFault {
  readonly path: string;
  readonly keyword: string;
  readonly message: string;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function hasType(value: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return wanted.some(one => hasType(value, one));
  return wanted === 'integer' ? Number.isInteger(value) : typeOf(value) === wanted;
}

function resolved(schema: Schema, root: Schema): Schema {
  const ref = schema['$ref'];
  if (typeof ref !== 'string' || !ref.startsWith('#/')) return schema;
  let at: unknown = root;
  for (const step of ref.slice(2).split('/')) at = isObject(at) ? at[step] : undefined;
  return isObject(at) ? at : {};
}

function* objectFaults(schema: Schema, value: Record<string, unknown>, path: string, root: Schema): Generator<SchemaFault> {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  for (const name of required) if (!(String(name) in value)) yield { path, keyword: 'required', message: `must have the property '${String(name)}'` };
  for (const [name, entry] of Object.entries(value)) {
    const rule = properties[name] ?? schema['additionalProperties'];
    if (rule === false) yield { path: `${path}/${name}`, keyword: 'additionalProperties', message: `must not have the property '${name}'` };
    else if (isObject(rule)) yield* faults(rule, entry, `${path}/${name}`, root);
  }
}

function* faults(given: Schema, value: unknown, path: string, root: Schema): Generator<SchemaFault> {
  const schema = resolved(given, root);
  if ('type' in schema && !hasType(value, schema['type'])) {
    yield { path, keyword: 'type', message: `must be ${[schema['type']].flat().join(' or ')}, is ${typeOf(value)}` };
    return;
  }
  const allowed = schema['enum'];
  if (Array.isArray(allowed) && !allowed.includes(value)) yield { path, keyword: 'enum', message: `must be one of ${allowed.join(', ')}` };
  if (typeof value === 'number') {
    const { minimum, maximum } = schema;
    if (typeof minimum === 'number' && value < minimum) yield { path, keyword: 'minimum', message: `must be at least ${minimum}` };
    if (typeof maximum === 'number' && value > maximum) yield { path, keyword: 'maximum', message: `must be at most ${maximum}` };
  }
  const items = schema['items'];
  if (Array.isArray(value) && isObject(items)) for (const [index, item] of value.entries()) yield* faults(items, item, `${path}/${index}`, root);
  if (isObject(value)) yield* objectFaults(schema, value, path, root);
}

/** Everything the schema has against the value; empty when it fits. */
export function faultsOf(schema: Schema, value: unknown): SchemaFault[] {
  return [...faults(schema, value, '', schema)];
}

/** The value a schema stands for when nothing is said: its default, or an object of its properties' defaults. */
export function defaultsOf(given: Schema, root: Schema = given): unknown {
  const schema = resolved(given, root);
  if ('default' in schema) return structuredClone(schema['default']);
  if (schema['type'] !== 'object' || !isObject(schema['properties'])) return undefined;
  const made: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(schema['properties'])) {
    const value = isObject(rule) ? defaultsOf(rule, root) : undefined;
    if (value !== undefined) made[name] = value;
  }
  return made;
}

/** Defaults with what the person chose on top; objects are merged one level deep, as JupyterLab does. */
export function composed(defaults: Record<string, unknown>, chosen: Record<string, unknown>): Record<string, unknown> {
  const made = { ...defaults };
  for (const [name, value] of Object.entries(chosen)) {
    const base = made[name];
    made[name] = isObject(value) && isObject(base) ? { ...base, ...value } : value;
  }
  return made;
}
