/** Ports that trust more roots than the given ones: what `--ca-file` does. */
import type { Http, Runtime } from './runtime.ts'

/** The same ports, trusting the PEM certificates in `roots` besides the configured ones. Works on any runtime. */
export function withExtraRoots(runtime: Runtime, roots: string): Runtime {
  const http: Http = {
    send: (request, signal) => {
      const extraRoots = request.extraRoots === undefined ? roots : `${request.extraRoots}\n${roots}`
      return runtime.http.send({ ...request, extraRoots }, signal)
    },
  }
  // Copying descriptors keeps late what is looked up late.
  return Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(runtime),
      http: { value: http, enumerable: true },
    },
  ) as Runtime
}
