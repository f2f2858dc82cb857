/** Whether topics match one filter, by the rules of MQTT 5.0 section 4.7; for looking through many topics. */
export function topicMatcher(filter: string): (topic: string) => boolean {
  const pattern = filter.split('/');
  const rest = pattern.at(-1) === '#';
  const fixed = rest ? pattern.length - 1 : pattern.length;
  const leadingWildcard = pattern[0] === '+' || pattern[0] === '#';
  return (topic) => {
    if (leadingWildcard && topic.startsWith('$')) return false;
    const levels = topic.split('/');
    if (rest ? levels.length < fixed : levels.length !== fixed) return false;
    for (let index = 0; index < fixed; index += 1) {
      if (pattern[index] !== '+' && pattern[index] !== levels[index]) return false;
    }
    return true;
  };
}

/** Whether a filter names more than one topic. */
export function hasWildcard(filter: string): boolean {
  return filter.includes('+') || filter.includes('#');
}

/** Whether every topic that matches `inner` matches `outer`. */
export function filterCovers(outer: string, inner: string): boolean {
  return !hides(outer, inner) && levelsFit(outer, inner, (wide, level) => wide === level || wide === '+');
}

/** Whether some topic matches both filters, so that a broker may deliver it twice. */
export function filtersOverlap(a: string, b: string): boolean {
  if (hides(a, b) || hides(b, a)) return false;
  const meets = (one: string, other: string): boolean => one === other || one === '+' || other === '+';
  return levelsFit(a, b, meets) || levelsFit(b, a, meets);
}

/** A wildcard at the start does not match topics that begin with $ (section 4.7.2). */
function hides(filter: string, other: string): boolean {
  return /^[+#]/.test(filter) && other.startsWith('$');
}

/** Whether the levels fit one by one, as far as the `#` of `outer`; a `#` of `inner` fits nothing else. */
function levelsFit(
  outer: string,
  inner: string,
  fits: (outerLevel: string, innerLevel: string) => boolean,
): boolean {
  const levels = inner.split('/');
  const wide = outer.split('/');
  for (const [index, outerLevel] of wide.entries()) {
    if (outerLevel === '#') return true;
    const level = levels[index];
    if (level === undefined || level === '#' || !fits(outerLevel, level)) return false;
  }
  return wide.length === levels.length;
}
