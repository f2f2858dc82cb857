import { createZoneMatcher, type ZonesConfig } from '../contract/config/zones.js';
import { Group } from './group.js';

/** How many zones nodes may bring into being by their info. */
const MOST_ANNOUNCED_ZONES = 1000;

/** All groups of a mesh, and which one a node belongs to. */
export interface Groups {
  readonly whole: Group;
  /** The whole mesh and every zone. */
  all(): Iterable<Group>;
  /** The zone of the configuration for that node, else the announced one, else the whole mesh. */
  of(node: string, announcedZone: string | undefined): Group;
}

/**
 * @param nodeZones the zone that the configuration gives to a node itself; it wins over the globs.
 * @param created called for every group, the whole mesh first.
 */
export function createGroups(
  zones: ZonesConfig,
  nodeZones: Pick<ReadonlyMap<string, string>, 'get'>,
  created: (group: Group) => void,
): Groups {
  const whole = new Group(null, null);
  const byZone = new Map<string, Group>();
  const zoneOf = createZoneMatcher(zones);
  created(whole);
  const zoneGroup = (zone: string): Group => {
    const known = byZone.get(zone);
    if (known !== undefined) return known;
    const parent = zones[zone]?.parent;
    const group = new Group(zone, parent === undefined ? whole : zoneGroup(parent));
    byZone.set(zone, group);
    created(group);
    return group;
  };
  for (const zone of Object.keys(zones)) zoneGroup(zone);
  const mostZones = byZone.size + MOST_ANNOUNCED_ZONES;
  return {
    whole,
    all: () => [whole, ...byZone.values()],
    of(node, announcedZone) {
      const zone = nodeZones.get(node) ?? zoneOf(node) ?? announcedZone;
      if (zone === undefined || (!byZone.has(zone) && byZone.size >= mostZones)) return whole;
      return zoneGroup(zone);
    },
  };
}
