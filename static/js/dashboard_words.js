// Numbers as people read them. A value of null is no zero: there is nothing to say.

const LOCALE = "en-GB";
const NOTHING = "–";

const counts = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });
const shares = new Intl.NumberFormat(LOCALE, { style: "percent", maximumFractionDigits: 1 });
const short = new Intl.NumberFormat(LOCALE, { notation: "compact", maximumFractionDigits: 1 });
const days = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", timeZone: "UTC" });
const moments = new Intl.DateTimeFormat(LOCALE, { timeStyle: "medium", timeZone: "UTC" });

function hours(value) {
  if (value < 1) return `${Math.round(value * 60)} min`;
  return value < 48 ? `${counts.format(value)} h` : `${counts.format(value / 24)} days`;
}

function money(minor, currency, isShort) {
  const notation = isShort ? { notation: "compact", maximumFractionDigits: 1 } : {};
  return new Intl.NumberFormat(LOCALE, { style: "currency", currency, ...notation }).format(minor / 100);
}

export function words(value, unit, currency) {
  if (value === null) return NOTHING;
  if (unit === "share") return shares.format(value);
  if (unit === "minor") return money(value, currency, false);
  return unit === "hours" ? hours(value) : counts.format(value);
}

// For the scale of a chart, where there is little room.
export function shortWords(value, unit, currency) {
  if (unit === "share") return shares.format(value);
  return unit === "minor" ? money(value, currency, true) : short.format(value);
}

export function dayWords(isoDay) {
  return days.format(new Date(`${isoDay}T00:00:00Z`));
}

export function timeWords(isoMoment) {
  return `${moments.format(new Date(isoMoment))} UTC`;
}
