/** The profiles there are, one for each SDK that can be followed. */
import type { SdkName } from '../types.ts'
import { dotnetProfile } from './dotnet.ts'
import { goProfile } from './go.ts'
import { javaProfile } from './java.ts'
import { jsProfile } from './js.ts'
import type { Profile } from './profile.ts'
import { pythonProfile } from './python.ts'

const profiles = {
  python: pythonProfile,
  js: jsProfile,
  dotnet: dotnetProfile,
  java: javaProfile,
  go: goProfile,
} as const satisfies Record<SdkName, Profile>

export type ProfileName = keyof typeof profiles

export function findProfile(sdk: ProfileName): Profile {
  return profiles[sdk]
}

/** In the order in which they are compared. */
export const profileNames = Object.keys(profiles) as readonly ProfileName[]
