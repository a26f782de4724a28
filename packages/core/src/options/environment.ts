/** The environment's variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The process's environment, read variable by variable: Deno throws at a variable that it has no permission to read,
 * which counts as not set. Where a variable is not set, `otherwise` is asked.
 */
export function readableEnvironment(env: Environment | undefined, otherwise: Environment = {}): Environment {
  return new Proxy<Environment>(otherwise, {
    get(_, name) {
      try {
        return env?.[String(name)] ?? otherwise[String(name)];
      } catch {
        return otherwise[String(name)];
      }
    },
  });
}
