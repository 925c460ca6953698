import { describe, expect, test } from 'vitest'
import {
  cloudsOfAlias,
  findAudience,
  findInstance,
  findResource,
  otherFormOf,
  resourceAliases,
  scopeOfAlias,
} from '../../src/engine/resources.ts'

describe('the table of resources', () => {
  test('no short name is there twice, and each can be typed', () => {
    expect(new Set(resourceAliases).size).toBe(resourceAliases.length)
    for (const alias of resourceAliases) expect(alias).toMatch(/^[a-z][a-z0-9-]*$/)
  })

  test('every scope ends in /.default and is an https URI or an app id', () => {
    for (const alias of resourceAliases) {
      for (const cloud of cloudsOfAlias(alias)) {
        expect(scopeOfAlias(alias, cloud)).toMatch(
          /^(?:https:\/\/[^\s?#]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/\.default$/,
        )
      }
    }
  })

  test('every service is known in the public cloud', () => {
    for (const alias of resourceAliases) expect(cloudsOfAlias(alias)).toContain('public')
  })

  test('the audience of every scope is found again, by its first short name', () => {
    for (const alias of resourceAliases) {
      const resource = findResource(alias)
      const scope = scopeOfAlias(alias, 'public')
      expect(findAudience((scope ?? '').replace(/\/\.default$/, ''))?.alias).toBe(resource?.alias)
      expect(resource?.aliases).toContain(alias)
    }
  })

  test('app ids are GUIDs, each of one service', () => {
    const ids = resourceAliases.flatMap((alias) => {
      const resource = findResource(alias)
      return resource?.alias === alias && resource.appId !== null ? [resource.appId] : []
    })
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('the instances of a service are not taken for the service', () => {
    expect(findInstance('myvault.vault.azure.net')?.alias).toBe('vault')
    expect(findInstance('vault.azure.net')).toBeNull()
    expect(findInstance('notvault.azure.net')).toBeNull()
    expect(findInstance('evil-dev.azure.com.example')).toBeNull()
  })
})

describe('audiences', () => {
  test.each([
    ['https://management.azure.com/', 'Azure Resource Manager'],
    ['https://management.azure.com', 'Azure Resource Manager'],
    ['https://management.core.windows.net/', 'Azure Resource Manager'],
    ['https://management.usgovcloudapi.net', 'Azure Resource Manager'],
    ['https://management.core.chinacloudapi.cn/', 'Azure Resource Manager'],
    ['797f4846-ba00-4fd7-ba43-dac1f8f63013', 'Azure Resource Manager'],
    ['00000003-0000-0000-c000-000000000000', 'Microsoft Graph'],
    ['HTTPS://GRAPH.MICROSOFT.COM', 'Microsoft Graph'],
    ['https://graph.microsoft.us', 'Microsoft Graph'],
    ['api://6dae42f8-4368-4678-94ff-3960e28e3630', 'Azure Kubernetes Service'],
    ['spn:cfa8b339-82a2-471a-a3c9-0fc0be7a4093', 'Azure Key Vault'],
    ['https://monitor.azure.com/', 'Azure Monitor'],
  ])('%s is %s', (audience, name) => {
    expect(findAudience(audience)?.name).toBe(name)
  })

  test.each(['', 'api://contoso-orders', 'https://example.com', 'constructor', '__proto__'])(
    '%j is none of these',
    (audience) => {
      expect(findAudience(audience)).toBeNull()
      expect(otherFormOf(audience)).toBeNull()
    },
  )

  test('a name of an object is no short name', () => {
    expect(findResource('constructor')).toBeNull()
    expect(scopeOfAlias('toString', 'public')).toBeNull()
  })
})
