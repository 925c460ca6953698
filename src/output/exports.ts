/** Tokens as variables of jobs: files and lines that CI systems read. */
import { type Assignment, isPlain } from './shells.ts'

/**
 * `NAME=value` lines without quotes, which every reader of such files takes alike; null where a value would need quotes,
 * because no two readers agree on them (Node, python-dotenv, docker --env-file, GitLab's dotenv reports).
 */
export function drawDotenv(variables: readonly Assignment[]): string | null {
  if (variables.some(({ value }) => !isPlain(value))) return null
  return variables.map(({ name, value }) => `${name}=${value}\n`).join('')
}

/**
 * GitHub Actions stars a masked value in the log from this line on. A value of several lines is masked as a whole and line
 * by line, because the log is searched by line.
 */
export function drawMasks(values: readonly string[]): string {
  const masked = values.flatMap((value) => {
    const parts = value.split(/[\r\n]+/).filter((part) => part.trim() !== '')
    return parts.length > 1 ? [value, ...parts] : [value]
  })
  return masked.map((value) => `::add-mask::${escapeCommandData(value)}\n`).join('')
}

/** As the toolkit of GitHub Actions does it (`@actions/core`, `escapeData`). */
function escapeCommandData(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/**
 * What is appended to the files that GITHUB_ENV and GITHUB_OUTPUT name. `drawId` gives something random for each
 * delimiter; it is drawn again while a value holds it, so that no value can end early and begin another variable.
 */
export function drawGithubFile(variables: readonly Assignment[], drawId: () => string): string {
  return variables
    .map(({ name, value }) => {
      let delimiter = `azid_${drawId()}`
      while (value.includes(delimiter)) delimiter = `azid_${drawId()}`
      return `${name}<<${delimiter}\n${value}\n${delimiter}\n`
    })
    .join('')
}

/**
 * Azure Pipelines sets a secret variable of this job, and an output variable for other jobs. Null for a value of several
 * lines: the agent refuses those as secrets.
 */
export function drawPipelineVariables(variables: readonly Assignment[]): string | null {
  if (variables.some(({ value }) => /[\r\n\0]/.test(value))) return null
  const draw = ({ name, value }: Assignment, more: string): string =>
    `##vso[task.setvariable variable=${name};issecret=true${more}]${value.replaceAll('%', '%AZP25')}\n`
  return variables.map((each) => draw(each, '') + draw(each, ';isoutput=true')).join('')
}

/** Names that a CI system keeps for itself, by the format that would set them; what follows `variable` in a sentence. */
const keptNames: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  'github-actions': [[/^(?:GITHUB_|RUNNER_|NODE_OPTIONS$)/i, 'cannot be set by a step of GitHub Actions']],
  'azure-pipelines': [
    [/^(?:endpoint|input|secret|path|securefile)/i, 'begins with a word that Azure Pipelines keeps for itself'],
  ],
}

/** Why a variable of this name cannot be set in this format; null when it can. */
export function refuseName(name: string, format: string): string | null {
  const kept = Object.hasOwn(keptNames, format) ? keptNames[format] : undefined
  return kept?.find(([form]) => form.test(name))?.[1] ?? null
}
