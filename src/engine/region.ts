/** Which regional token service is asked, as MSAL for Python decides it; msal-node would read the variables itself. */
import { failure, type Result, success } from '../result.ts'
import type { BadInput } from './problems.ts'
import { parseObject } from './token-answer.ts'
import type { EnginePorts } from './types.ts'

/** Every variable that can name a region. */
export const regionVariables = ['AZURE_REGIONAL_AUTHORITY_NAME', 'MSAL_FORCE_REGION', 'REGION_NAME'] as const

const regionName = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const computeMetadata = 'http://169.254.169.254/metadata/instance/compute?api-version=2021-02-01'
const metadataTimeoutMs = 2000

/**
 * A region's name, or null for the global service. AZURE_REGIONAL_AUTHORITY_NAME wins over MSAL_FORCE_REGION;
 * `tryautodetect` and `true` look at REGION_NAME, then ask the instance metadata of the machine.
 */
export async function resolveRegion(
  ports: Pick<EnginePorts, 'env' | 'http'>,
  signal: AbortSignal,
): Promise<Result<string | null, BadInput>> {
  const configured = ports.env.get('AZURE_REGIONAL_AUTHORITY_NAME')
  if (configured === undefined) {
    const forced = ports.env.get('MSAL_FORCE_REGION')
    return forced === undefined ? success(null) : checkRegion(forced, 'MSAL_FORCE_REGION')
  }
  if (['tryautodetect', 'true'].includes(configured.toLowerCase())) return success(await detectRegion(ports, signal))
  return checkRegion(configured, 'AZURE_REGIONAL_AUTHORITY_NAME')
}

function checkRegion(value: string, source: string): Result<string, BadInput> {
  if (regionName.test(value)) return success(value)
  return failure({ what: 'region', source, value, reason: 'is not the name of an Azure region, such as westeurope' })
}

/** What is no name of a region is passed over. */
async function detectRegion(
  { env, http }: Pick<EnginePorts, 'env' | 'http'>,
  signal: AbortSignal,
): Promise<string | null> {
  const named = env.get('REGION_NAME') ?? ''
  if (named !== '') return regionName.test(named) ? named : null
  const result = await http.send(
    {
      method: 'GET',
      url: computeMetadata,
      headers: { Metadata: 'true' },
      timeoutMs: metadataTimeoutMs,
      proxy: 'never',
    },
    signal,
  )
  const location = result.ok ? parseObject(result.response.body)?.['location'] : undefined
  return typeof location === 'string' && regionName.test(location) ? location : null
}
