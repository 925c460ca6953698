import { describe, expect, test } from 'vitest'
import { nearestName } from '../../src/engine/nearest.ts'

describe('nearestName', () => {
  test.each([
    ['vualt', 'vault'],
    ['valt', 'vault'],
    ['VAULT', 'vault'],
    ['storge', 'storage'],
    ['grahp', 'graph'],
    ['environmnet', 'environment'],
    ['xyz', null],
    ['', null],
  ])('%j is near %j', (wrong, nearest) => {
    expect(nearestName(wrong, ['arm', 'graph', 'vault', 'storage', 'environment'])).toBe(nearest)
  })
})
