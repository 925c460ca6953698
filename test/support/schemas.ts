/** Checks JSON that a test sees against the schema that is shipped for it. */
import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true })
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/)
ajv.addFormat('uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i)
ajv.addFormat('uri', (text: string) => URL.canParse(text))

const validators = new Map<string, ValidateFunction>()

/** Throws with every violation unless `value` is as docs/schemas/NAME.schema.json says. */
export function expectSchema(name: string, value: unknown): void {
  const validate = validatorFor(name)
  if (validate(value)) return
  const violations = (validate.errors ?? []).map((error) => {
    const more = error.keyword === 'additionalProperties' ? ` '${error.params['additionalProperty']}'` : ''
    return `  ${error.instancePath || '/'} ${error.message}${more}`
  })
  throw new Error(
    `not as ${name}.schema.json says:\n${violations.join('\n')}\n${JSON.stringify(value, null, 2).slice(0, 4000)}`,
  )
}

function validatorFor(name: string): ValidateFunction {
  const known = validators.get(name)
  if (known !== undefined) return known
  const file = new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url)
  const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')))
  validators.set(name, validate)
  return validate
}
