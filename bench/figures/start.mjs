// What every run pays before it does anything.
import { azidCommand, bareNode } from '../world.mjs'

export const figures = ['--version', '--help'].map((option) => ({
  name: `azid ${option} / bare node -e 0`,
  goal: 1.35,
  prepare: async ({ env }) => ({ baseline: bareNode(env), subject: azidCommand([option], env) }),
}))
