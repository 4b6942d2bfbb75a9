// Stands for ajv in the bundle: the same calls, answered by our own validator, because ajv writes code at run time and the page's policy forbids that.
import { faultsOf, type Schema } from '../src/core/json-schema';

interface Fault {
  instancePath: string;
  keyword: string;
  message: string;
  params: Record<string, never>;
  schemaPath: string;
}

export interface Validate {
  (data: unknown): boolean;
  errors: Fault[] | null;
}

export default class Ajv {
  readonly #schemas = new Map<string, Schema>();

  addSchema(schema: Schema, key?: string): this {
    this.#schemas.set(key ?? String(schema['$id'] ?? ''), schema);
    return this;
  }

  getSchema(key: string): Validate | undefined {
    const schema = this.#schemas.get(key);
    return schema && this.compile(schema);
  }

  compile(schema: Schema): Validate {
    const validate: Validate = Object.assign(
      (data: unknown) => {
        const faults = faultsOf(schema, data);
        validate.errors = faults.length ? faults.map(f => ({ instancePath: f.path, keyword: f.keyword, message: f.message, params: {}, schemaPath: '' })) : null;
        return !faults.length;
      },
      { errors: null },
    );
    return validate;
  }

  validate(schema: Schema | string, data: unknown): boolean {
    const found = typeof schema === 'string' ? this.getSchema(schema) : this.compile(schema);
    return found?.(data) ?? false;
  }

  removeSchema(key: string): this {
    this.#schemas.delete(key);
    return this;
  }

  addFormat(): this {
    return this;
  }

  addKeyword(): this {
    return this;
  }
}

export { Ajv };

/** What @rjsf/validator-ajv8 gives; the forms that would use it are not part of this page. */
export const customizeValidator = () => new Ajv();
