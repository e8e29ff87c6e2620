/** The little of the Workers runtime that we use; its own types would take the place of Node's. */
declare module 'cloudflare:workers' {
  export class DurableObject<Env> {
    constructor(ctx: import('./runtime.ts').ObjectState, env: Env)
    protected ctx: import('./runtime.ts').ObjectState
    protected env: Env
  }
}

/** `dist/content.json`, by the alias in wrangler.toml: written by `npm run edge:content`. */
declare module 'front-door-content' {
  const packed: unknown
  export default packed
}
