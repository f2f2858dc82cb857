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
