/** The profiles there are, one for each SDK that can be followed. */
import type { SdkName } from '../types.ts'
import { javaProfile } from './java.ts'
import type { Profile } from './profile.ts'
import { pythonProfile } from './python.ts'

const profiles = { python: pythonProfile, java: javaProfile } as const satisfies Partial<Record<SdkName, Profile>>

export type ProfileName = keyof typeof profiles

export function findProfile(sdk: ProfileName): Profile {
  return profiles[sdk]
}
