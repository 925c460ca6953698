/** Many jobs in few worlds: each lane has a world of its own, changed only where a job needs another. */
import { type World, type WorldOptions, withWorld } from './world.ts'

export interface Job {
  readonly imds: NonNullable<WorldOptions['imds']>
  run(world: World): Promise<void>
}

/** Names at which the sandbox answers: of the public cloud, and of two sovereign ones. */
const names = [
  'login.microsoftonline.com',
  'login.microsoft.com',
  'management.azure.com',
  'login.microsoftonline.us',
  'login.chinacloudapi.cn',
  'login.partner.microsoftonline.cn',
]

/** Promise: when it settles, every job has run, or one has failed and no other begins; no world is left. */
export async function runInLanes(jobs: readonly Job[], lanes: number): Promise<void> {
  const left = [...jobs]
  let isFailed = false
  const take = (imds?: Job['imds']): Job | undefined => {
    if (isFailed) return undefined
    const index = imds === undefined ? 0 : left.findIndex((job) => job.imds === imds)
    return index === -1 ? undefined : left.splice(index, 1)[0]
  }
  const runLane = async (): Promise<void> => {
    for (let first = take(); first !== undefined; first = take()) {
      const { imds } = first
      await withWorld({ imds, names }, async (world) => {
        for (let job: Job | undefined = first; job !== undefined; job = take(imds)) await job.run(world)
      })
    }
  }
  const settled = await Promise.allSettled(
    Array.from({ length: lanes }, () =>
      runLane().catch((error: unknown) => {
        isFailed = true
        throw error
      }),
    ),
  )
  for (const lane of settled) if (lane.status === 'rejected') throw lane.reason
}
