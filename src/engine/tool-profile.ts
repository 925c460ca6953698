/** What differs between the SDKs about a developer's tools, as rows. The credentials read rows and know no SDK. */
import type { ToolName } from './tool-facts.ts'
import type { SdkName } from './types.ts'

export interface ToolProfile {
  /** Milliseconds that the SDK waits for the tool; null: for ever. */
  readonly timeoutMs: Readonly<Record<ToolName, number | null>>
  /** A link of DefaultAzureCredential asks the tool for the tenant that is in this variable. */
  readonly chainTenantVariable?: 'AZURE_TENANT_ID'
}

const tenSeconds = { az: 10_000, azd: 10_000, pwsh: 10_000 } as const

const profiles: Readonly<Record<SdkName, ToolProfile>> = {
  python: { timeoutMs: tenSeconds },
  js: { timeoutMs: { az: null, azd: null, pwsh: null } },
  dotnet: { timeoutMs: { ...tenSeconds, az: 13_000, azd: 13_000 }, chainTenantVariable: 'AZURE_TENANT_ID' },
  // It has a limit of ten seconds, which begins when the tool has closed its output.
  java: { timeoutMs: { az: null, azd: null, pwsh: null }, chainTenantVariable: 'AZURE_TENANT_ID' },
  go: { timeoutMs: tenSeconds },
}

export function toolProfile(sdk: SdkName): ToolProfile {
  return profiles[sdk]
}

/** Milliseconds for a program that is no SDK's: the person's own command for a client assertion. */
export const ownCommandTimeoutMs = 10_000

/** The longest that a timer can run, some 25 days: what "for ever" comes to. */
export const noTimeoutMs = 2 ** 31 - 1
