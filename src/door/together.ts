/** Makes a gate that lets everyone through who came in one turn of the event loop, together. */
export function gate(): () => Promise<void> {
  let open: Promise<void> | undefined
  return () => {
    open ??= new Promise((resolve) =>
      setImmediate(() => {
        open = undefined
        resolve()
      })
    )
    return open
  }
}
