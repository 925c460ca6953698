import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { resourceAliases, scopeOfAlias } from '../../src/engine/resources.ts'
import { resolveTarget, resolveTargets, scopeToResource, type TargetKind } from '../../src/engine/scope.ts'

const guid = '499b84ac-1321-427f-aa17-267ca6975798'

function scopeOf(text: string, kind?: TargetKind): string {
  const resolved = resolveTarget(text, 'public', kind)
  if (!resolved.ok) throw new Error(`${text} ${resolved.error.reason}`)
  return resolved.value.scope
}

describe('targets that can be used', () => {
  test.each([
    // Short names, exactly as the table has them.
    ['arm', 'https://management.azure.com/.default'],
    ['ARM', 'https://management.azure.com/.default'],
    ['management', 'https://management.azure.com/.default'],
    ['servicebus', 'https://servicebus.azure.net//.default'],
    ['batch', 'https://batch.core.windows.net//.default'],
    ['devops', `${guid}/.default`],
    ['powerbi', 'https://analysis.windows.net/powerbi/api/.default'],
    // Resources: nothing is added but `/.default`, nothing is taken away.
    ['https://vault.azure.net', 'https://vault.azure.net/.default'],
    ['https://management.core.windows.net/', 'https://management.core.windows.net//.default'],
    ['https://management.core.windows.net', 'https://management.core.windows.net/.default'],
    ['https://api.contoso.com/orders', 'https://api.contoso.com/orders/.default'],
    ['https://acct.blob.core.windows.net', 'https://acct.blob.core.windows.net/.default'],
    ['https://analysis.windows.net/powerbi/api', 'https://analysis.windows.net/powerbi/api/.default'],
    [guid, `${guid}/.default`],
    [guid.toUpperCase(), `${guid.toUpperCase()}/.default`],
    [`api://${guid}`, `api://${guid}/.default`],
    ['api://contoso/orders', 'api://contoso/orders/.default'],
    ['https://ossrdbms-aad.database.windows.net', 'https://ossrdbms-aad.database.windows.net/.default'],
    // Scopes stay as they are.
    ['https://vault.azure.net/.default', 'https://vault.azure.net/.default'],
    ['https://management.core.windows.net//.default', 'https://management.core.windows.net//.default'],
    [`${guid}/.default`, `${guid}/.default`],
    ['api://contoso-orders/.default', 'api://contoso-orders/.default'],
    ['https://acct.blob.core.windows.net/.default', 'https://acct.blob.core.windows.net/.default'],
  ])('%s is %s', (text, scope) => {
    const resolved = resolveTarget(text, 'public')
    expect(resolved).toMatchObject({ ok: true, value: { scope, resource: scopeToResource(scope), isDelegated: false } })
  })

  test.each([
    ['User.Read', 'https://graph.microsoft.com'],
    ['Mail.ReadWrite.All', 'https://graph.microsoft.com'],
    ['user_impersonation', 'https://graph.microsoft.com'],
    ['openid', 'https://graph.microsoft.com'],
    ['https://graph.microsoft.com/User.Read', 'https://graph.microsoft.com'],
    ['https://management.azure.com/user_impersonation', 'https://management.azure.com'],
    ['https://management.core.windows.net//user_impersonation', 'https://management.core.windows.net/'],
    [`${guid}/vso.code`, guid],
    [`api://${guid}/Orders.Read`, `api://${guid}`],
  ])('%s is a permission of a user at %s', (scope, resource) => {
    expect(resolveTarget(scope, 'public')).toMatchObject({ ok: true, value: { scope, resource, isDelegated: true } })
  })

  test('as an explicit resource a path is a part of it, as an explicit scope it is a permission', () => {
    const own = 'api://contoso/Orders.Read'
    expect(scopeOf(own, 'resource')).toBe(`${own}/.default`)
    expect(scopeOf(own, 'scope')).toBe(own)
    expect(scopeOf('https://graph.microsoft.com/User.Read', 'resource')).toBe(
      'https://graph.microsoft.com/User.Read/.default',
    )
  })

  test('each cloud has its own form', () => {
    const forms = (['public', 'usgov', 'china'] as const).map((cloud) => resolveTarget('vault', cloud))
    expect(forms.map((form) => form.ok && form.value.scope)).toEqual([
      'https://vault.azure.net/.default',
      'https://vault.usgovcloudapi.net/.default',
      'https://vault.azure.cn/.default',
    ])
  })

  test('a slash that differs from the registered form is kept, and worth a note', () => {
    const noted = resolveTarget('https://vault.azure.net/', 'public')
    expect(noted).toMatchObject({ ok: true, value: { scope: 'https://vault.azure.net//.default' } })
    expect(noted.ok && noted.value.note).toContain("'https://vault.azure.net/.default'")
    const registered = resolveTarget('https://management.core.windows.net/', 'public')
    expect(registered.ok && registered.value.note).toBeNull()
  })
})

describe('targets that cannot be used', () => {
  test.each([
    ['', undefined, 'is empty'],
    ['   ', undefined, 'is empty'],
    ['"arm"', 'arm', 'quotes or spaces around'],
    [' https://vault.azure.net ', 'https://vault.azure.net', 'quotes or spaces around'],
    ['https://a.example/.default https://b.example/.default', undefined, 'holds a space'],
    ['https://vault.azure.net\\.default', undefined, 'holds `\\`'],
    ['https://väult.azure.net', undefined, 'not plain ASCII'],
    ['https://vault.azure.net/\u0000', undefined, 'not plain ASCII'],
    ['vualt', 'vault', 'is no short name'],
    ['grpah', 'graph', 'is no short name'],
    ['nothing-like-it', undefined, 'is no short name'],
    ['dataverse', undefined, 'one resource for each organisation'],
    ['vault.azure.net', 'https://vault.azure.net', 'lacks its scheme'],
    ['vault.azure.net/.default', 'https://vault.azure.net/.default', 'lacks its scheme'],
    ['Graph.Microsoft.com', 'https://Graph.Microsoft.com', 'lacks its scheme'],
    ['api.contoso.com/orders', 'https://api.contoso.com/orders', 'lacks its scheme'],
    ['http://vault.azure.net', 'https://vault.azure.net', 'begins with http://'],
    ['https://myvault.vault.azure.net/', 'vault', 'address of one instance of Azure Key Vault'],
    ['https://myvault.vault.azure.net/secrets/db', 'vault', 'address of one instance'],
    ['https://myvault.vault.azure.net/.default', 'vault', 'address of one instance'],
    ['myvault.vault.azure.net', 'https://myvault.vault.azure.net', 'lacks its scheme'],
    ['https://srv.database.windows.net', 'sql', 'address of one instance'],
    ['https://contoso.openai.azure.com/', 'openai', 'address of one instance'],
    ['https://dev.azure.com/contoso', 'devops', 'address of one instance'],
    ['https://acct.blob.core.windows.net/box/file', 'https://acct.blob.core.windows.net', 'address of a request'],
    ['https://management.azure.com/subscriptions', 'arm', 'address of a request'],
    ['https://management.azure.com/subscriptions?api-version=2022-12-01', 'arm', 'address of a request'],
    ['https://graph.microsoft.com/v1.0/me', 'graph', 'address of a request'],
    ['https://user:word@vault.azure.net', undefined, 'user name or password'],
    ['https://', undefined, 'is not a URL'],
    [`${guid}/a/b`, guid, 'is no scope of an app id'],
    ['one/two', undefined, 'is neither a scope'],
  ])('%j', (text, suggestion, reason) => {
    const resolved = resolveTarget(text, 'public')
    if (resolved.ok) throw new Error(`resolved to ${resolved.value.scope}`)
    expect(resolved.error.reason).toContain(reason)
    expect(resolved.error.suggestion).toBe(suggestion)
  })

  test('an explicit scope has to be one', () => {
    for (const text of [
      'https://vault.azure.net',
      'https://api.contoso.com',
      'https://analysis.windows.net/powerbi/api',
    ]) {
      expect(resolveTarget(text, 'public', 'scope')).toMatchObject({
        ok: false,
        error: { reason: 'is a resource, not a scope', suggestion: `${text}/.default` },
      })
    }
    expect(scopeOf('https://api.contoso.com/orders', 'scope')).toBe('https://api.contoso.com/orders')
  })

  test('a service without a known form in a cloud says where it has one', () => {
    const resolved = resolveTarget('purview', 'china')
    expect(resolved).toMatchObject({ ok: false, error: { reason: expect.stringContaining('known in: public') } })
  })

  test('what is suggested can be used', () => {
    const texts = ['"arm"', 'vualt', 'vault.azure.net', 'https://myvault.vault.azure.net/secrets/db', `${guid}/a/b`]
    for (const text of texts) {
      const resolved = resolveTarget(text, 'public')
      const suggestion = resolved.ok ? undefined : resolved.error.suggestion
      expect(resolveTarget(suggestion ?? '', 'public')).toMatchObject({ ok: true })
    }
  })
})

describe('several targets', () => {
  test('of one resource go together, also with sign-in scopes', () => {
    const resolved = resolveTargets(['User.Read', 'Mail.Read', 'offline_access'], 'public')
    expect(resolved.ok && resolved.value.map(({ scope }) => scope)).toEqual([
      'User.Read',
      'Mail.Read',
      'offline_access',
    ])
  })

  test('of two resources do not', () => {
    expect(resolveTargets(['arm', 'vault'], 'public')).toMatchObject({
      ok: false,
      error: { text: 'vault', reason: expect.stringContaining('another resource') },
    })
  })

  test('the slash makes another resource', () => {
    expect(
      resolveTargets(['https://servicebus.azure.net/.default', 'https://servicebus.azure.net//.default'], 'public'),
    ).toMatchObject({ ok: false })
  })
})

describe('for every text', () => {
  test('a target that resolves gives a scope that resolves to itself', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.constantFrom(...resourceAliases), fc.string(), fc.uuid()), (text) => {
        const resolved = resolveTarget(text, 'public')
        if (!resolved.ok || resolved.value.isDelegated) return
        expect(scopeOf(resolved.value.scope, 'scope')).toBe(resolved.value.scope)
      }),
    )
  })

  test('no answer holds a control character or a space', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const resolved = resolveTarget(text, 'public')
        if (resolved.ok) expect(resolved.value.scope).toMatch(/^[\x21-\x7e]+$/)
      }),
    )
  })

  test('exactly `/.default` is cut from a scope', () => {
    fc.assert(
      fc.property(fc.string(), (resource) => {
        expect(scopeToResource(`${resource}/.default`)).toBe(resource)
      }),
    )
  })

  test('every short name resolves in every cloud that has it, and every resource to its own scope', () => {
    for (const alias of resourceAliases) {
      for (const cloud of ['public', 'usgov', 'china'] as const) {
        const scope = scopeOfAlias(alias, cloud)
        if (scope === null) continue
        expect(resolveTarget(alias, cloud)).toMatchObject({ ok: true, value: { scope, note: null } })
        expect(scopeOf(scopeToResource(scope), 'resource')).toBe(scope)
        expect(scopeOf(scopeToResource(scope))).toBe(scope)
      }
    }
  })
})
