// A moment in the words of a list: near ones as distance or day, far ones as date.

const minute = 60_000;

function startOfDay(when: Date): number {
  return new Date(when.getFullYear(), when.getMonth(), when.getDate()).getTime();
}

/** "now", "5 minutes ago", "today, 14:02", "yesterday, 09:30", "12 Mar", "12 Mar 2024". A moment ahead of our clock counts as now. */
export function dateWords(when: Date, now: Date, language: string): string {
  if (Number.isNaN(when.getTime())) return '';
  const ago = now.getTime() - when.getTime();
  const near = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  if (ago < minute) return near.format(0, 'second');
  if (ago < 60 * minute) return near.format(-Math.floor(ago / minute), 'minute');
  const days = Math.round((startOfDay(now) - startOfDay(when)) / (24 * 60 * minute));
  if (days <= 1) return `${near.format(-days, 'day')}, ${new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(when)}`;
  const thisYear = when.getFullYear() === now.getFullYear();
  return new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', ...(thisYear ? {} : { year: 'numeric' }) }).format(when);
}

/** How far off an end is: "in 29 days", "in 5 hours", "in 3 minutes". */
export function untilWords(when: Date, now: Date, language: string): string {
  const ahead = Math.max(0, when.getTime() - now.getTime());
  const far = new Intl.RelativeTimeFormat(language, { numeric: 'always' });
  if (ahead >= 24 * 60 * minute) return far.format(Math.round(ahead / (24 * 60 * minute)), 'day');
  if (ahead >= 60 * minute) return far.format(Math.round(ahead / (60 * minute)), 'hour');
  return far.format(Math.max(1, Math.round(ahead / minute)), 'minute');
}
