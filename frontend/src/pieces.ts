// A large file sent in pieces. An upload that stopped goes on where it stopped, because the server says
// how much of the file it has; without a network it waits and tries again.
const PART = 1024 * 1024;
const LONGEST_PAUSE_MS = 15000;

interface Told {
  received?: number;
  done?: boolean;
  detail?: string;
  theirs?: { received?: number };
}

export class Refused extends Error {}

export function csrfHeaders(): Record<string, string> {
  return JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>;
}

// A pause that ends early when the network is back.
export function pause(ms: number): Promise<void> {
  return new Promise((done) => {
    const timer = window.setTimeout(finish, ms);
    function finish(): void {
      window.clearTimeout(timer);
      window.removeEventListener("online", finish);
      done();
    }
    window.addEventListener("online", finish);
  });
}

// What the server answers to a body of JSON; tried again while there is no network or no server.
export async function told<T>(url: string, body: unknown, offline: () => void, stop: () => boolean): Promise<T | null> {
  for (let wait = 1000; !stop(); wait = Math.min(LONGEST_PAUSE_MS, wait * 2)) {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", ...csrfHeaders() },
      body: JSON.stringify(body),
    }).catch(() => null);
    if (answer?.ok) return (await answer.json()) as T;
    if (answer && answer.status < 500 && answer.status !== 429) {
      const why = (await answer.json().catch(() => ({}))) as Told;
      throw new Refused(why.detail ?? String(answer.status));
    }
    offline();
    await pause(wait);
  }
  return null;
}

// Sends the bytes from `received` on; ends early, with false, when `stop` says so.
export async function sendPieces(
  url: string,
  file: Blob,
  received: number,
  tell: (sent: number, offline: boolean) => void,
  stop: () => boolean = () => false,
): Promise<boolean> {
  let offset = received;
  let wait = 1000;
  for (let done = false; !done; ) {
    if (stop()) return false;
    tell(offset, false);
    const answer = await fetch(url, {
      method: "PUT",
      headers: { "Content-Type": "application/octet-stream", "Upload-Offset": String(offset), Accept: "application/json", ...csrfHeaders() },
      body: file.slice(offset, offset + PART),
    }).catch(() => null);
    if (!answer || answer.status >= 500 || answer.status === 429) {
      tell(offset, true);
      await pause(wait);
      wait = Math.min(LONGEST_PAUSE_MS, wait * 2);
      continue;
    }
    const body = (await answer.json().catch(() => ({}))) as Told;
    if (answer.status === 409) offset = body.theirs?.received ?? offset;
    else if (!answer.ok) throw new Refused(body.detail ?? String(answer.status));
    else {
      offset = body.received ?? offset;
      done = body.done ?? offset >= file.size;
    }
    wait = 1000;
  }
  tell(file.size, false);
  return true;
}
