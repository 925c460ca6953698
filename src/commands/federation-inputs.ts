/** The options about assertions, read and checked before anything is sent. What is read again later is only looked at here. */
import type { AssertionInput, CredentialConfig } from '../engine/types.ts'
import type { Setting, Settings } from '../options.ts'
import type { Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import { findExecutable } from './find-executable.ts'
import { describeFileError, readSecret } from './inputs.ts'

type Inputs = Pick<
  CredentialConfig,
  'federatedTokenFile' | 'enableAzureProxy' | 'clientAssertion' | 'userAssertion' | 'serviceConnectionId'
>

/** Throws `UsageError` for a file that is not there, is empty or cannot be read, and for a program that cannot be run. */
export async function configureFederation(settings: Settings, runtime: Runtime): Promise<Inputs> {
  const { federatedTokenFile, userAssertionFile, serviceConnectionId } = settings
  if (federatedTokenFile !== undefined) await checkTokenFile(federatedTokenFile, 'federated token', runtime)
  const clientAssertion = await readClientAssertion(settings, runtime)
  const userAssertion =
    userAssertionFile === undefined ? undefined : await readSecret(userAssertionFile, 'user assertion', runtime)
  return {
    ...(federatedTokenFile === undefined ? {} : { federatedTokenFile: federatedTokenFile.value }),
    ...(settings.enableAzureProxy?.value === true ? { enableAzureProxy: true } : {}),
    ...(clientAssertion === undefined ? {} : { clientAssertion }),
    ...(userAssertion === undefined ? {} : { userAssertion }),
    ...(serviceConnectionId === undefined ? {} : { serviceConnectionId: serviceConnectionId.value }),
  }
}

async function readClientAssertion(settings: Settings, runtime: Runtime): Promise<AssertionInput | undefined> {
  const { clientAssertionFile, clientAssertionCommand } = settings
  if (clientAssertionCommand !== undefined) return findCommand(clientAssertionCommand, runtime)
  if (clientAssertionFile === undefined) return undefined
  const { value, source } = clientAssertionFile
  const stat = value === '-' ? null : await runtime.files.stat(value)
  // What can be read only once is read now.
  if (stat === null || (stat.ok && stat.value.kind === 'pipe')) {
    return {
      kind: 'value',
      token: await readSecret(clientAssertionFile, 'client assertion', runtime),
      source: source.name,
    }
  }
  await checkTokenFile(clientAssertionFile, 'client assertion', runtime)
  return { kind: 'file', path: value, source: source.name }
}

async function checkTokenFile({ value, source }: Setting<string>, what: string, { files }: Runtime): Promise<void> {
  const stat = await files.stat(value)
  const isReadable = stat.ok && (await files.isReadable(value))
  const reason = !stat.ok
    ? describeFileError(stat.error)
    : stat.value.kind === 'folder'
      ? 'it is a folder'
      : stat.value.kind !== 'file'
        ? 'it is not a regular file, and it is read more than once'
        : !isReadable
          ? 'this user may not read it'
          : stat.value.size === 0
            ? 'it is empty'
            : null
  if (reason === null) return
  throw new UsageError({
    message: `cannot read the ${what} from \`${value}\`: ${reason}`,
    source: source.name,
    fix: 'give a file that this user can read and that holds the token alone',
  })
}

async function findCommand({ value, source }: Setting<readonly string[]>, runtime: Runtime): Promise<AssertionInput> {
  const [program = '', ...args] = value
  const found = await findExecutable(program, runtime)
  if (found.kind === 'found') return { kind: 'command', command: [found.file, ...args], source: source.name }
  throw new UsageError({
    message:
      found.kind === 'not-found'
        ? `there is no program '${program}' to print the client assertion`
        : `'${found.file}' cannot be executed`,
    source: source.name,
    fix: 'give the path of a program that this user can run',
  })
}
