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

function money(minor, currency, how = {}) {
  return new Intl.NumberFormat(LOCALE, { style: "currency", currency, ...how }).format(minor / 100);
}

export function words(value, unit, currency) {
  if (value === null) return NOTHING;
  if (unit === "share") return shares.format(value);
  if (unit === "minor") return money(value, currency);
  return unit === "hours" ? hours(value) : counts.format(value);
}

// For the scale of a chart, where there is little room.
export function shortWords(value, unit, currency) {
  if (unit === "share") return shares.format(value);
  const compact = { notation: "compact", maximumFractionDigits: 1 };
  return unit === "minor" ? money(value, currency, compact) : short.format(value);
}

// For one number alone: of a sum of many payments nobody asks the cents, and the table has them.
export function tileWords(value, unit, currency) {
  const isMoney = unit === "minor" && value !== null;
  return isMoney ? money(value, currency, { maximumFractionDigits: 0 }) : words(value, unit, currency);
}

export function dayWords(isoDay) {
  return days.format(new Date(`${isoDay}T00:00:00Z`));
}

export function timeWords(isoMoment) {
  return `${moments.format(new Date(isoMoment))} UTC`;
}
