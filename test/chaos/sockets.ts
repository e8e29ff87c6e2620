import { readFileSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import type { ChildDoor } from './door.ts'

/** What a door said to bytes that were written to it, and how the connection ended. */
export interface Spoken {
  /** Of the first answer; 0 where there was none. */
  status: number
  /** How many answers came back. */
  answers: number
  text: string
  /** Milliseconds from the connection until its end. */
  ms: number
  /** The door closed it, rather than the patience of the run. */
  closed: boolean
}

/** Opens a connection and lets `write` have it. Ends when the door closes it, or after `patience` milliseconds. */
export function speak(
  port: number,
  write: (socket: Socket) => unknown,
  patience = 3_000
): Promise<Spoken> {
  return new Promise((resolve) => {
    const from = performance.now()
    const socket = connect(port, '127.0.0.1', () => void write(socket))
    let text = ''
    const end = (closed: boolean) => {
      clearTimeout(late)
      socket.destroy()
      const answers = text.match(/^HTTP\/1\.1 /gm)?.length ?? 0
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0)
      resolve({ status, answers, text, ms: performance.now() - from, closed })
    }
    const late = setTimeout(end, patience, false)
    socket.on('data', (more) => {
      text += more.toString('latin1')
    })
    // A reset is an end as any other: it is the door's to choose.
    socket.on('error', () => undefined)
    socket.on('close', () => end(true))
  })
}

/** Writes so many bytes as fast as they are taken, in pieces as `piece` makes them; stops when the door no longer listens. */
export async function pour(socket: Socket, bytes: number, piece: (bytes: number) => Buffer) {
  const SIZE = 64 * 1024
  for (let left = bytes; left > 0 && !socket.destroyed && socket.writable; left -= SIZE)
    if (!socket.write(piece(Math.min(SIZE, left))))
      await new Promise<void>((resolve) => {
        const on = () => {
          socket.off('drain', on).off('close', on)
          resolve()
        }
        socket.on('drain', on).on('close', on)
      })
}

/** The most memory a door has held since `forget`, and what it holds now, in megabytes. */
export function memoryOf(door: ChildDoor) {
  const field = (name: string) =>
    Number(
      new RegExp(`${name}:\\s+(\\d+)`).exec(
        readFileSync(`/proc/${door.pid()}/status`, 'utf8')
      )?.[1] ?? 0
    ) / 1024
  return {
    now: () => field('VmRSS'),
    most: () => field('VmHWM'),
    forget: () => writeFileSync(`/proc/${door.pid()}/clear_refs`, '5'),
  }
}

/** The lines of a request. */
export const lines = (...all: readonly string[]) => all.map((line) => `${line}\r\n`).join('')
