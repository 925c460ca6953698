import { describe, expect, test } from 'vitest'
import { resolveRegion } from '../../src/engine/region.ts'
import { fakeRuntime, networkError, respond } from '../fakes/runtime.ts'
import { noLimit } from './world.ts'

const metadata = 'http://169.254.169.254/metadata/instance/compute?api-version=2021-02-01'

describe('which regional service is asked', () => {
  test.each([
    [{}, null],
    [{ AZURE_REGIONAL_AUTHORITY_NAME: 'westeurope' }, 'westeurope'],
    [{ MSAL_FORCE_REGION: 'eastus' }, 'eastus'],
    [{ AZURE_REGIONAL_AUTHORITY_NAME: 'westeurope', MSAL_FORCE_REGION: 'eastus' }, 'westeurope'],
    [{ REGION_NAME: 'eastus' }, null],
    [{ AZURE_REGIONAL_AUTHORITY_NAME: 'TryAutoDetect', REGION_NAME: 'eastus' }, 'eastus'],
    [{ AZURE_REGIONAL_AUTHORITY_NAME: 'True', REGION_NAME: 'East US' }, null],
  ])('%j: %s', async (env, region) => {
    expect(await resolveRegion(fakeRuntime({ env }), noLimit())).toEqual({ ok: true, value: region })
  })

  test.each(['', 'West Europe', 'west/europe', 'evil.example', '-a', 'a'.repeat(64)])(
    '%j is refused',
    async (value) => {
      for (const source of ['AZURE_REGIONAL_AUTHORITY_NAME', 'MSAL_FORCE_REGION']) {
        const resolved = await resolveRegion(fakeRuntime({ env: { [source]: value } }), noLimit())
        expect(resolved).toMatchObject({ ok: false, error: { what: 'region', source, value } })
      }
    },
  )

  test.each([
    ['its location', respond(200, { location: 'westus2' }), 'westus2'],
    ['no location', respond(200, {}), null],
    ['a location that is none', respond(200, { location: 'a.evil.example' }), null],
    ['no JSON', respond(200, '<html>'), null],
    ['nothing', networkError('timeout', 'slow'), null],
  ])('the machine is asked, and says %s', async (_, answer, region) => {
    const runtime = fakeRuntime({
      env: { AZURE_REGIONAL_AUTHORITY_NAME: 'tryautodetect' },
      http: [{ method: 'GET', url: metadata, answer }],
    })
    expect(await resolveRegion(runtime, noLimit())).toEqual({ ok: true, value: region })
    expect(runtime.http.requests[0]).toMatchObject({ headers: { Metadata: 'true' }, proxy: 'never', timeoutMs: 2000 })
  })
})
