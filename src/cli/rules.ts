/** Options that do not go together, as data; checked once all values are known. */
import { type OptionName, options, type Setting, type Settings, settingName } from '../options.ts'
import { UsageError } from '../usage-error.ts'
import type { CommandRow } from './command-row.ts'

/** Of each set at most one may be given. */
const exclusive: readonly { readonly names: readonly OptionName[]; readonly fix: string }[] = [
  { names: ['quiet', 'verbose'], fix: 'give one of them' },
  { names: ['quiet', 'debug'], fix: 'give one of them' },
  {
    names: [
      'client-secret-file',
      'certificate',
      'federated-token-file',
      'client-assertion-file',
      'client-assertion-command',
    ],
    fix: 'prove the identity with one of them',
  },
  { names: ['client-id', 'object-id', 'resource-id'], fix: 'name the identity in one way' },
  { names: ['env-file', 'env-pid'], fix: 'look at one environment at a time' },
  { names: ['scope', 'resource'], fix: 'say what the token is for in one way' },
]

/** What is only about another option: meaningless without it. */
const companions: readonly { readonly name: OptionName; readonly of: OptionName }[] = [
  { name: 'certificate-password-file', of: 'certificate' },
  { name: 'send-certificate-chain', of: 'certificate' },
  { name: 'service', of: 'env-file' },
  { name: 'code-verifier-file', of: 'authorization-code-file' },
]

/** What is only about some formats of `--output`. */
const companionsOfOutput: readonly { readonly name: OptionName; readonly formats: readonly string[] }[] = [
  { name: 'shell', formats: ['env'] },
  { name: 'unset', formats: ['env'] },
  { name: 'var', formats: ['env', 'dotenv', 'gitlab', 'github-actions', 'azure-pipelines'] },
]

/** `--token` decodes and asks nobody, so what only steers asking is a misunderstanding. */
const meaninglessWithToken: readonly OptionName[] = [
  'scope',
  'resource',
  'credential',
  'exclude',
  'include',
  'require-envvar',
  'client-secret-file',
  'certificate',
  'federated-token-file',
  'enable-azure-proxy',
  'client-assertion-file',
  'client-assertion-command',
  'user-assertion-file',
  'service-connection-id',
  'authorization-code-file',
  'no-prompt',
  'claims',
  'cae',
  'force-refresh',
]

type MutableSettings = { -readonly [Name in keyof Settings]: Settings[Name] }
type AnySettings = Partial<Record<string, Setting<unknown>>>

/**
 * Throws for a contradiction. An option beats a variable also here: where an option contradicts a variable's setting, the
 * latter is dropped. Gives the settings that hold, with `json` and `output` agreeing.
 */
export function applyRules(settings: Settings, args: readonly string[], row: CommandRow): Settings {
  const held = { ...settings } as MutableSettings & AnySettings
  for (const { names, fix } of exclusive) keepOne(held, names, fix)
  for (const { name, of } of companions) checkCompanion(held, name, of)
  if (row.operands.some(({ complete }) => complete === 'target')) checkTarget(held, args)
  checkChain(held)
  if (held.token !== undefined) checkDecoding(held, args)
  checkStdin(held)
  if (row.options.includes('output')) agreeOnOutput(held)
  return held
}

function given(held: AnySettings, name: OptionName): Setting<unknown> | undefined {
  const setting = held[settingName(name)]
  return setting === undefined || setting.source.kind === 'default' || setting.value === false ? undefined : setting
}

function keepOne(held: AnySettings, names: readonly OptionName[], fix: string): void {
  const present = names.filter((name) => given(held, name) !== undefined)
  if (present.length < 2) return
  const typed = present.filter((name) => given(held, name)?.source.kind === 'option')
  const rivals = typed.length > 0 ? typed : present
  if (rivals.length > 1)
    throw contradiction(
      rivals.map((name) => given(held, name)?.source.name ?? `--${name}`),
      fix,
    )
  for (const name of present) if (name !== rivals[0]) delete held[settingName(name)]
}

function checkCompanion(held: AnySettings, name: OptionName, of: OptionName): void {
  const setting = given(held, name)
  if (setting === undefined || given(held, of) !== undefined) return
  if (setting.source.kind === 'variable') delete held[settingName(name)]
  else
    throw new UsageError({
      message: `\`--${name}\` means nothing without \`--${of}\``,
      fix: `add --${of}, or leave it out`,
    })
}

function contradiction(sources: readonly string[], fix: string): UsageError {
  const listed = sources.map((source) => `\`${source}\``)
  const last = listed.pop()
  return new UsageError({ message: `${listed.join(', ')} and ${last} contradict each other`, fix })
}

function checkTarget(held: AnySettings, args: readonly string[]): void {
  const name = (['scope', 'resource'] as const).find((candidate) => given(held, candidate) !== undefined)
  if (name === undefined || args.length === 0) return
  throw new UsageError({
    message: `TARGET and \`--${name}\` both say what the token is for`,
    fix: 'say it in one way',
  })
}

/** What shapes the default chain has nothing to shape in a chain of one's own. */
function checkChain(held: MutableSettings & AnySettings): void {
  const { value, source } = held.credential
  if (source.kind === 'default' || (value.length === 1 && value[0]?.toLowerCase() === 'default')) return
  for (const name of ['exclude', 'include', 'require-envvar'] as const) {
    const shaping = given(held, name)
    if (shaping === undefined) continue
    if (shaping.source.kind === 'variable') delete held[settingName(name)]
    else if (source.kind === 'option') {
      throw contradiction([`--${name}`, '--credential'], `leave one out: --${name} shapes the default chain`)
    } else held.credential = { value: ['default'], source: { kind: 'default', name: '--credential' } }
  }
}

function checkDecoding(held: AnySettings, args: readonly string[]): void {
  const fix = 'leave one out: --token decodes what it is given and acquires nothing'
  if (args.length > 0) throw new UsageError({ message: 'TARGET means nothing with `--token`', fix })
  const useless = meaninglessWithToken.find((name) => given(held, name)?.source.kind === 'option')
  if (useless !== undefined) throw contradiction([`--${useless}`, '--token'], fix)
}

function checkStdin(held: AnySettings): void {
  const readers = (Object.keys(options) as OptionName[]).filter((name) => {
    const row = options[name]
    return 'readsStdin' in row && given(held, name)?.value === '-'
  })
  if (readers.length < 2) return
  const sources = readers.map((name) => given(held, name)?.source.name ?? `--${name}`)
  throw contradiction(sources, 'stdin can be read once: keep one of the values in a file')
}

function agreeOnOutput(held: MutableSettings & AnySettings): void {
  const { json, output } = held
  if (json?.value === true && output.value !== 'json') {
    if (output.source.kind !== 'default') {
      throw contradiction(['--json', `--output ${output.value}`], 'give one of them')
    }
    held.output = { value: 'json', source: json.source }
  } else if (output.value === 'json') held.json = { value: true, source: output.source }
  for (const { name, formats } of companionsOfOutput) {
    if (given(held, name) === undefined || formats.includes(held.output.value)) continue
    const [first, ...others] = formats
    throw new UsageError({
      message: `\`--${name}\` means nothing without \`--output ${first}\`${others.length === 0 ? '' : ` (or ${others.join(', ')})`}`,
      fix: `add -o ${first}, or leave it out`,
    })
  }
}
