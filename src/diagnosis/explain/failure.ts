/** A pasted failure, understood: which SDK, which credentials, which codes and ids, and the likely causes, best first. */
import { developerTools, findCredentials, type SeenCredential } from './credentials.ts'
import { type Extract, extract } from './extract.ts'
import { focus } from './focus.ts'
import { normalise } from './normalise.ts'
import { type RankedCause, rankCauses } from './rank.ts'
import type { Circumstances } from './rules.ts'
import { recogniseSdk, type Sdk } from './sdk.ts'
import { starSecrets } from './secrets.ts'

export interface UnderstoodFailure extends Extract {
  readonly sdk: Sdk
  readonly credentials: readonly SeenCredential[]
  /** Best first; empty where nothing was recognised. */
  readonly causes: readonly RankedCause[]
  /** The text as it was understood: one line, without secrets. */
  readonly flat: string
}

/** Promise: never throws, linear in the text, and no secret of the text is in the answer. */
export function understandFailure(pasted: string): UnderstoodFailure {
  const text = normalise(focus(starSecrets(pasted)))
  const flat = starSecrets(text.flat)
  const clean = { ...text, flat }
  const sdk = recogniseSdk(clean)
  const found = extract(clean)
  const credentials = findCredentials(clean, sdk)
  return {
    ...found,
    sdk,
    credentials,
    causes: rankCauses(flat, found.codes, circumstancesOf(flat, credentials), credentials),
    flat,
  }
}

/** Names of hosts, jobs and their folders; `20/10/17 05:25:52 INFO Class:` is how Spark's drivers log. */
const hosts =
  /\/home\/site\/wwwroot|azure-functions-host|azure_functions|WEBSITE_|CONTAINER_APP|DWASFiles|WebJobs\.Script|D:\\home\\site|hostedtoolcache|\/opt\/hostedtoolcache|_work\/|kubernetes|(?<!Check )\bpod\b|kubelet|\bnamespace\b|\/app\/|databricks|synapse|\bspark\b|\b\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d (?:INFO|WARN|ERROR) \w+:|\[ContainerInstance|systemd\[|docker/i

const chainOnly = /^(?:DefaultAzure|ChainedToken|DeveloperTools)Credential$/

function circumstancesOf(flat: string, credentials: readonly SeenCredential[]): Circumstances {
  return {
    inChain:
      credentials.length >= 2 ||
      ((credentials.length === 0 || chainOnly.test(credentials[0]?.name ?? '')) &&
        /Attempted credentials:|No valid token received|from the included credentials|Multiple (?:errors|exceptions) were encountered/.test(
          flat,
        )),
    isHosted: hosts.test(flat),
    hasTools: credentials.some(({ name }) => developerTools.test(name)),
    hasHosts: credentials.some(({ name }) => !developerTools.test(name)),
  }
}
