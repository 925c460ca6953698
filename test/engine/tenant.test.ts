import { describe, expect, test } from 'vitest'
import { isManyTenants, isTenantText, resolveTenant } from '../../src/engine/tenant.ts'
import type { Env } from '../../src/runtime.ts'

function env(variables: Readonly<Record<string, string>> = {}): Env {
  return { get: (name) => variables[name], names: () => Object.keys(variables) }
}

const locked = { AZURE_IDENTITY_DISABLE_MULTITENANTAUTH: '1' }

describe('which tenant is asked', () => {
  test.each([
    // configured, requested, allowed, variables → the tenant, or null: not allowed
    ['a', undefined, [], {}, 'a'],
    ['a', 'a', [], {}, 'a'],
    ['a', 'b', [], {}, null],
    ['a', 'b', ['b'], {}, 'b'],
    ['a', 'b', ['*'], {}, 'b'],
    ['a', 'b', ['c'], {}, null],
    ['a', 'b', ['B'], {}, null],
    ['a', 'b', [], locked, 'a'],
    ['a', 'b', ['*'], locked, 'a'],
    ['a', 'b', [], { AZURE_IDENTITY_DISABLE_MULTITENANTAUTH: '' }, null],
    ['adfs', 'b', [], {}, 'adfs'],
    ['adfs', 'b', ['*'], {}, 'adfs'],
    [undefined, 'b', [], {}, 'b'],
    ['', 'b', [], {}, 'b'],
    [undefined, undefined, [], {}, undefined],
    ['organizations', 'b', [], {}, 'b'],
    ['organizations', 'b', ['c'], {}, null],
    ['organizations', 'b', [], locked, 'organizations'],
  ] as const)(
    'configured %s, asked for %s, allowed %j, %j: %s',
    (configured, requested, allowed, variables, expected) => {
      const resolved = resolveTenant(
        {
          additionallyAllowed: allowed,
          ...(configured === undefined ? {} : { configured }),
          ...(requested === undefined ? {} : { requested }),
        },
        env(variables),
      )
      if (expected === null) {
        expect(resolved).toEqual({ ok: false, error: { tenantId: requested, configuredTenantId: configured } })
      } else {
        expect(resolved).toEqual({ ok: true, value: expected })
      }
    },
  )

  test('the variable is only looked at where it matters', () => {
    const seen: string[] = []
    const watching: Env = { get: (name) => void seen.push(name), names: () => [] }
    resolveTenant({ configured: 'a', additionallyAllowed: [] }, watching)
    expect(seen).toEqual([])
  })
})

describe('the text of a tenant', () => {
  test.each(['contoso.onmicrosoft.com', '72f988bf-86f1-41af-91ab-2d7cd011db47', 'common', 'adfs'])('%s', (text) => {
    expect(isTenantText(text)).toBe(true)
  })
  test.each(['', 'a b', 'a/b', 'a;b', 'a_b', "a'b", 'tenänt', 'a\nb', '{72f988bf}'])('not %j', (text) => {
    expect(isTenantText(text)).toBe(false)
  })
  test('stand-ins for many tenants are told, in any case', () => {
    expect(['common', 'Organizations', 'CONSUMERS', 'adfs', 'contoso.com'].map(isManyTenants)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ])
  })
})
