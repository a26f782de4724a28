import type { TrackingEvent } from "@avantlink-s2s/core";

type EventOf<Type extends TrackingEvent["type"]> = Extract<TrackingEvent, { type: Type }>;

/** A listener that keeps what it was told, and lets a test await what it will be told. */
export interface EventLog {
  readonly onEvent: (event: TrackingEvent) => void;
  readonly all: readonly TrackingEvent[];
  /** The events of one type so far. */
  of<Type extends TrackingEvent["type"]>(type: Type): EventOf<Type>[];
  /** Resolves with the events of one type, as soon as there are so many. */
  waitFor<Type extends TrackingEvent["type"]>(type: Type, count?: number): Promise<EventOf<Type>[]>;
}

export function eventLog(): EventLog {
  const all: TrackingEvent[] = [];
  const looks = new Set<() => void>();
  const of = <Type extends TrackingEvent["type"]>(type: Type) =>
    all.filter((event): event is EventOf<Type> => event.type === type);

  return {
    all,
    of,
    onEvent(event) {
      all.push(event);
      for (const look of looks) look();
    },
    waitFor(type, count = 1) {
      return new Promise((resolve) => {
        const look = () => {
          if (of(type).length < count) return;
          looks.delete(look);
          resolve(of(type));
        };
        looks.add(look);
        look();
      });
    },
  };
}
