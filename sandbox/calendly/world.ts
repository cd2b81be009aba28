// The sandbox's people, organizations, event types and everything booked so far: one object, held in memory.
import { slugOf, stamp, uuid } from './ids.ts';
import type {
  CalUser,
  EventRecord,
  EventType,
  EventTypeRecord,
  Group,
  GroupRelationship,
  Hook,
  Invitee,
  Membership,
  Organization,
  Question,
  Role,
  RoutingForm,
  RoutingFormSubmission,
} from './model.ts';

export type World = ReturnType<typeof makeWorld>;

const longAgo = Date.UTC(2024, 0, 15, 9, 30, 12, 345);

/** `base` starts every resource URI; `site` starts the addresses people open. */
export function makeWorld(o: { base: string; site: string; orgName: string }) {
  const { base, site } = o;
  const created = stamp(longAgo);
  const dates = { created_at: created, updated_at: created };

  const organization = (name: string, kind: Organization['kind']): Organization => ({
    uri: `${base}/organizations/${uuid()}`,
    name,
    kind,
    plan: 'teams',
    stage: 'paid',
    ...dates,
  });
  const acme = organization(o.orgName, 'multiple');
  const studio = organization('Sol Weaver', 'single');

  const user = (name: string, email: string, timezone: string, org: Organization): CalUser => ({
    uri: `${base}/users/${uuid()}`,
    name,
    slug: slugOf(name),
    email,
    scheduling_url: `${site}/${slugOf(name)}`,
    timezone,
    avatar_url: null,
    ...dates,
    current_organization: org.uri,
    resource_type: 'User',
    locale: 'en',
  });
  const olga = user('Olga Larsen', 'olga@acme.example', 'Europe/Berlin', acme);
  const adam = user('Adam Osei', 'adam@acme.example', 'America/New_York', acme);
  const mia = user('Mia Rao', 'mia@acme.example', 'Asia/Kolkata', acme);
  const solo = user('Sol Weaver', 'sol@studio.example', 'America/Los_Angeles', studio);

  const membership = (person: CalUser, role: Role): Membership => ({
    uri: `${base}/organization_memberships/${uuid()}`,
    role,
    user: person,
    organization: person.current_organization,
    ...dates,
  });
  const sales: Group = {
    uri: `${base}/groups/${uuid()}`,
    name: 'Sales team',
    organization: acme.uri,
    member_count: 2,
    ...dates,
  };
  const inSales = (person: CalUser, role: GroupRelationship['role']): GroupRelationship => ({
    uri: `${base}/group_relationships/${uuid()}`,
    role,
    user: person.uri,
    group: sales.uri,
    organization: acme.uri,
    ...dates,
  });

  const world = {
    base,
    site,
    people: { olga, adam, mia, solo },
    organizations: [acme, studio],
    memberships: [
      membership(olga, 'owner'),
      membership(adam, 'admin'),
      membership(mia, 'user'),
      membership(solo, 'owner'),
    ],
    groups: [sales],
    relationships: [inSales(adam, 'admin'), inSales(mia, 'member')],
    types: [] as EventTypeRecord[],
    events: new Map<string, EventRecord>(),
    invitees: new Map<string, { record: EventRecord; invitee: Invitee }>(),
    noShows: new Map<string, string>(),
    forms: [] as RoutingForm[],
    submissions: [] as RoutingFormSubmission[],
    hooks: [] as Hook[],
    /** Whose data somebody asked to delete. */
    deletionAsked: [] as string[],
  };
  seedTypes(world);
  world.forms.push(contactForm(base, acme.uri));
  return world;
}

type TypeOptions = {
  name: string;
  hosts: CalUser[];
  minutes: number;
  location: string;
  seats?: number;
  roundRobin?: boolean;
  inactive?: boolean;
  questions?: string[];
  color?: string;
};

/** Adds one event type; a round robin belongs to the team, anything else to its first host. */
export function addType(world: World, o: TypeOptions): EventTypeRecord {
  const [owner] = o.hosts;
  if (!owner) throw new Error('An event type needs a host.');
  const now = stamp(longAgo);
  const slug = slugOf(o.name);
  const team = { type: 'Team' as const, name: 'Acme Sales', owner: `${world.base}/teams/${uuid()}` };
  const json: EventType = {
    uri: `${world.base}/event_types/${uuid()}`,
    name: o.name,
    active: !o.inactive,
    booking_method: 'instant',
    slug,
    scheduling_url: `${world.site}/${o.roundRobin ? 'team' : owner.slug}/${slug}`,
    duration: o.minutes,
    duration_options: null,
    kind: o.seats && o.seats > 1 ? 'group' : 'solo',
    is_paid: false,
    pooling_type: o.roundRobin ? 'round_robin' : null,
    type: 'StandardEventType',
    color: o.color ?? '#0069ff',
    created_at: now,
    updated_at: now,
    internal_note: null,
    description_plain: null,
    description_html: null,
    profile: o.roundRobin ? team : { type: 'User', name: owner.name, owner: owner.uri },
    secret: false,
    deleted_at: null,
    admin_managed: false,
    locations: [{ kind: o.location }],
    position: world.types.length,
    custom_questions: (o.questions ?? [standardQuestion]).map(question),
    locale: 'en',
  };
  const record: EventTypeRecord = {
    json,
    organization: owner.current_organization,
    hosts: o.hosts,
    seats: o.seats ?? 1,
    turn: 0,
  };
  world.types.push(record);
  return record;
}

export const standardQuestion = 'Please share anything that will help prepare for our meeting.';

const question = (name: string, position: number): Question => ({
  name,
  type: 'text',
  position,
  enabled: true,
  required: false,
  answer_choices: [],
  include_other: false,
});

function seedTypes(world: World): void {
  const { olga, adam, mia, solo } = world.people;
  const add = (o: TypeOptions) => addType(world, o);
  add({
    name: 'Demo call',
    hosts: [olga],
    minutes: 30,
    location: 'zoom_conference',
    questions: ['What should we cover?'],
  });
  add({ name: 'Onboarding', hosts: [adam], minutes: 45, location: 'google_conference', color: '#0ae8f0' });
  add({ name: 'Quarterly review', hosts: [mia], minutes: 60, location: 'physical', color: '#8247f5' });
  add({ name: 'Support', hosts: [mia], minutes: 15, location: 'outbound_call', color: '#17e885' });
  add({ name: 'Webinar', hosts: [olga], minutes: 60, location: 'zoom_conference', seats: 25, color: '#ffa600' });
  add({
    name: 'Intro call',
    hosts: [adam, mia],
    minutes: 15,
    location: 'google_conference',
    roundRobin: true,
    color: '#e55cff',
  });
  add({ name: 'Old pricing call', hosts: [olga], minutes: 30, location: 'zoom_conference', inactive: true });
  add({ name: 'Coaching', hosts: [solo], minutes: 60, location: 'google_conference' });
}

function contactForm(base: string, organization: string): RoutingForm {
  const now = stamp(longAgo);
  return {
    uri: `${base}/routing_forms/${uuid()}`,
    organization,
    name: 'Talk to sales',
    status: 'published',
    questions: [
      { uuid: uuid(), name: 'Work e-mail', type: 'email', required: true, answer_choices: null },
      {
        uuid: uuid(),
        name: 'How many people are in your team?',
        type: 'select',
        required: true,
        answer_choices: ['1–10', '11–100', 'More than 100'],
      },
    ],
    created_at: now,
    updated_at: now,
  };
}

export function roleOf(world: World, user: string, organization: string): Role | undefined {
  return world.memberships.find((m) => m.user.uri === user && m.organization === organization)?.role;
}

export function leads(world: World, user: string, organization: string): boolean {
  const role = roleOf(world, user, organization);
  return role === 'owner' || role === 'admin';
}

/** Somebody may be a member and an admin of one group, by two records; the admin's counts for more. */
export function inGroup(world: World, user: string, group: string): GroupRelationship | undefined {
  const records = world.relationships.filter((r) => r.user === user && r.group === group);
  return records.find((r) => r.role === 'admin') ?? records[0];
}

export function personOf(world: World, uri: string): CalUser | undefined {
  return world.memberships.find((m) => m.user.uri === uri)?.user;
}
