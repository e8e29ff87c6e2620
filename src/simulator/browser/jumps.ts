const ZONE = 'Europe/London'
const DAY = 86_400_000

/** Where the clock's buttons lead, told from the service's own time. */
export const jumps: Record<string, (now: number) => string> = {
  tuesday: (now) => next(now, (day) => weekday(day) === 2, 14, 20),
  holiday: (now) => next(now, isBankHoliday, 11, 0),
  night: (now) => next(now, () => true, 3, 0),
}

/** The next time the clock in London shows this hour on a day that fits. */
function next(now: number, fits: (day: Date) => boolean, hour: number, minute: number): string {
  const today = londonDay(now)
  for (let ahead = 0; ahead < 400; ahead++) {
    const day = new Date(today.getTime() + ahead * DAY)
    const at = londonTime(day, hour, minute)
    if (fits(day) && at > now) return new Date(at).toISOString()
  }
  return new Date(now).toISOString()
}

/** England's bank holidays whose date needs no table of Easters, where they fall on a weekday. */
function isBankHoliday(day: Date): boolean {
  const [month, date] = [day.getUTCMonth() + 1, day.getUTCDate()]
  const monday = weekday(day) === 1
  if (weekday(day) === 0 || weekday(day) === 6) return false
  if ((month === 12 && (date === 25 || date === 26)) || (month === 1 && date === 1)) return true
  if (month === 5) return monday && (date <= 7 || date > 24)
  return month === 8 && monday && date > 24
}

const weekday = (day: Date) => day.getUTCDay()

/** The date in London, as midnight UTC of that date. */
function londonDay(instant: number): Date {
  const [day = 1, month = 1, year = 1970] = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE })
    .format(instant)
    .split('/')
    .map(Number)
  return new Date(Date.UTC(year, month - 1, day))
}

/** The instant at which London's clock shows this time: UTC is tried first, and put right when summer time is on. */
function londonTime(day: Date, hour: number, minute: number): number {
  const guess = day.getTime() + (hour * 60 + minute) * 60_000
  const shown = new Intl.DateTimeFormat('en-GB', {
    timeZone: ZONE,
    hour: '2-digit',
    hourCycle: 'h23',
  }).format(guess)
  return guess - (Number(shown) - hour) * 3_600_000
}
