// Takes of spoken answers, piece by piece as they are recorded, in this browser: a reload or a lost
// network loses nothing. A browser that refuses storage keeps them for as long as the page lives.
const NAME = "touchstone-spoken";

export interface Take {
  item: string;
  begun: number;
  type: string;
  seconds: number;
  handIn: boolean;
}

interface Piece {
  item: string;
  begun: number;
  number: number;
  data: ArrayBuffer;
}

function wait<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error ?? new Error("storage"));
  });
}

function opened(): Promise<IDBDatabase | null> {
  try {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("takes", { keyPath: ["item", "begun"] });
      request.result.createObjectStore("pieces", { keyPath: ["item", "begun", "number"] });
    };
    return wait(request).catch(() => null);
  } catch {
    return Promise.resolve(null);
  }
}

export class TakeStore {
  private readonly base = opened();
  private readonly takes = new Map<number, Take>();
  private readonly pieces = new Map<number, ArrayBuffer[]>();

  async put(take: Take): Promise<void> {
    this.takes.set(take.begun, take);
    await this.write("takes", take);
  }

  async add(take: Take, number: number, data: ArrayBuffer): Promise<void> {
    const held = this.pieces.get(take.begun) ?? [];
    held[number] = data;
    this.pieces.set(take.begun, held);
    await this.write("pieces", { item: take.item, begun: take.begun, number, data });
    await this.put(take);
  }

  // The last take of a task that has bytes, however far it got.
  async last(item: string): Promise<{ take: Take; blob: Blob } | null> {
    const known = [...this.takes.values()].filter((take) => take.item === item);
    const base = await this.base;
    if (!known.length && base) {
      const rows = await wait(base.transaction("takes").objectStore("takes").getAll(this.of(item))).catch(() => []);
      known.push(...(rows as Take[]));
    }
    for (const take of known.sort((a, b) => b.begun - a.begun)) {
      const parts = this.pieces.get(take.begun) ?? (await this.stored(take));
      if (parts.length) return { take, blob: new Blob(parts, { type: take.type }) };
    }
    return null;
  }

  async forget(item: string): Promise<void> {
    [...this.takes.values()].filter((take) => take.item === item).forEach((take) => {
      this.takes.delete(take.begun);
      this.pieces.delete(take.begun);
    });
    const base = await this.base;
    if (!base) return;
    const change = base.transaction(["takes", "pieces"], "readwrite");
    change.objectStore("takes").delete(this.of(item));
    change.objectStore("pieces").delete(this.of(item));
    await new Promise<void>((done) => {
      change.oncomplete = () => done();
      change.onabort = () => done(); // what stays is found to be sent already, the next time
    });
  }

  private of(item: string): IDBKeyRange {
    return IDBKeyRange.bound([item], [item, []]);
  }

  private async stored(take: Take): Promise<ArrayBuffer[]> {
    const base = await this.base;
    if (!base) return [];
    const range = IDBKeyRange.bound([take.item, take.begun], [take.item, take.begun, []]);
    const rows = await wait(base.transaction("pieces").objectStore("pieces").getAll(range)).catch(() => []);
    return (rows as Piece[]).map((row) => row.data);
  }

  private async write(store: string, row: unknown): Promise<void> {
    const base = await this.base;
    if (!base) return;
    try {
      await wait(base.transaction(store, "readwrite").objectStore(store).put(row));
    } catch {
      // A full disk: the page itself still holds it.
    }
  }
}
