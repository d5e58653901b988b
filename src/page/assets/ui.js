// What the pages are made of: elements, words in the cashier's language, amounts and times.

export const LANGUAGES = { en: "English", nb: "Norsk", da: "Dansk", sv: "Svenska", lt: "Lietuvių", de: "Deutsch" };

/** An element. `on…` listens, `true` sets an attribute, `false` and `undefined` leave it away. */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  return fill(element, ...children);
}

/**
 * Puts these into an element, in place of what is there. What has the focus keeps it when it comes again, known
 * by its `id`: who works by keyboard is not thrown out by news.
 */
export function fill(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  element.replaceChildren(...children.flat(Infinity));
  if (focused !== "") document.getElementById(focused)?.focus({ preventScroll: true });
  return element;
}

/** Drawn for those who see; what it says stands in words beside it. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}`);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

const ICONS = {
  find: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5 20 20",
  tap: "M6 8.5a7 7 0 0 1 0 7M9.5 6.5a11 11 0 0 1 0 11M13 4.500a15 15 0 0 1 0 15M16.500 2.500a19 19 0 0 1 0 19",
  card: "M3 6h18v12H3zM3 10h18M6 15h4",
  pin: "M5 4h14v16H5zM9 8h.01M12 8h.01M15 8h.01M9 12h.01M12 12h.01M15 12h.01M12 16h.01",
  wait: "M12 3a9 9 0 1 1-9 9",
  yes: "M4 12.500 9.500 18 20 6.500",
  no: "M6 6l12 12M18 6 6 18",
  doubt: "M8.500 8.500a3.500 3.500 0 1 1 5 3.200c-1 .5-1.500 1.200-1.500 2.300M12 18h.01",
  warn: "M12 4 2.500 20h19zM12 10v4.500M12 17.300h.01",
  remove: "M3 8h12v10H3zM3 12h12M18 13h4m-2-2 2 2-2 2",
  print: "M7 8V3h10v5M7 17H4V9h16v8h-3M7 14h10v7H7z",
  back: "M15 5l-7 7 7 7",
  box: "M3.500 7.500 12 3l8.500 4.500v9L12 21l-8.500-4.500zM3.500 7.500 12 12l8.500-4.500M12 12v9",
  plus: "M12 5v14M5 12h14",
};

/** Sentences in one language, and how that language writes amounts and times. */
export class Words {
  #locale;

  static async load(language) {
    const answer = await fetch(`/texts/${language}.json`);
    return new Words(language, await answer.json());
  }

  constructor(language, texts) {
    this.language = language;
    this.texts = texts;
    // As it is written where this browser is at home: 23 Nov or Nov 23.
    this.#locale = navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
  }

  /** A text, with `{name}` put in. */
  say(key, values = {}) {
    const text = this.texts[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  }

  has(key) {
    return key in this.texts;
  }

  /** An amount, exactly: minor units are never made a binary fraction. */
  money(minor, currency) {
    const digits = digitsOf(currency);
    const padded = String(minor).padStart(digits + 1, "0");
    const whole = padded.slice(0, padded.length - digits);
    const text = digits === 0 ? whole : `${whole}.${padded.slice(-digits)}`;
    const style = { style: "currency", currency, currencyDisplay: "code", minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat(this.#locale, style).format(text);
  }

  date(at) {
    return new Intl.DateTimeFormat(this.#locale, { dateStyle: "medium" }).format(new Date(at));
  }

  time(at) {
    const style = { dateStyle: "medium", timeStyle: "short" };
    return new Intl.DateTimeFormat(this.#locale, style).format(new Date(at));
  }
}

/**
 * Digits of minor units (ISO 4217) where they are not two. A browser tells how people write amounts, which for
 * some currencies is without the minor units in which amounts are counted.
 */
const DIGITS = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW",
};

function digitsOf(currency) {
  const digits = Object.keys(DIGITS).find((digits) => DIGITS[digits].includes(currency));
  return Number(digits ?? 2);
}

/** Minor units of an amount as people write it (`1 234,50`); `undefined` when it is none. */
export function minorOf(text, currency) {
  const digits = digitsOf(currency);
  const match = /^(\d{1,10})(?:[.,](\d{1,4}))?$/.exec(text.replace(/[\s\u00a0\u202f']/g, ""));
  if (match === null) return undefined;
  const [, whole, part = ""] = match;
  if (part.length > digits) return undefined;
  const minor = Number(whole + part.padEnd(digits, "0"));
  return minor > 0 ? minor : undefined;
}

/** What this browser keeps for the page between visits; without it the page works, too. */
export const memory = {
  get(name) {
    try {
      return JSON.parse(localStorage.getItem(`posd.${name}`)) ?? undefined;
    } catch {
      return undefined;
    }
  },
  set(name, value) {
    try {
      localStorage.setItem(`posd.${name}`, JSON.stringify(value));
    } catch {
      // A browser that keeps nothing: it is asked anew.
    }
  },
};

/** Calls once, after it has been asked for again and again within a moment. */
export function settled(act, delay = 300) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, delay);
  };
}
