// A spoken answer: check the devices, record, listen, record again; what is recorded is kept in this
// browser piece by piece and sent in the background, also after a lost network or a reload.
import { Refused, sendPieces, told } from "./pieces";
import { Take, TakeStore } from "./take-store";

const zh = document.documentElement.lang.startsWith("zh");
const say = (chinese: string, english: string): string => (zh ? chinese : english);
const PIECE_MS = 2000;
const QUIET = 0.02;
const TYPES = {
  seen: ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"],
  heard: ["audio/webm;codecs=opus", "audio/webm", "audio/mp4", "audio/ogg"],
};
const clock = (s: number): string => `${String(Math.floor(s / 60)).padStart(2, "0")}:${String(Math.floor(s % 60)).padStart(2, "0")}`;

interface Begun {
  take: string;
  received: number;
  done: boolean;
  left: number;
}

class Speaking {
  private readonly store = new TakeStore();
  private readonly item: string;
  private readonly url: string;
  private stream: MediaStream | null = null;
  private recorder: MediaRecorder | null = null;
  private sound: AudioContext | null = null;
  private loudest = 0;
  private left: number;
  private sending = 0;
  private handIn = false;
  private sent: boolean;
  private address = "";

  constructor(private readonly root: HTMLElement) {
    this.item = root.dataset.item!;
    this.url = root.dataset.url!;
    this.left = Number(root.dataset.left ?? "0");
    this.sent = root.dataset.kept === "1";
    if (root.dataset.able === "1") this.startDevices();
    document.addEventListener("touchstone:flush", () => this.stop());
    this.handInForm()?.addEventListener("submit", (event) => this.onHandIn(event));
    this.root.querySelector("[data-take-delete]")?.addEventListener("submit", () => void this.store.forget(this.item));
    void this.resume();
    this.show();
  }

  private part<T extends HTMLElement>(name: string): T | null {
    return this.root.querySelector<T>(`[data-${name}]`);
  }

  private handInForm(): HTMLFormElement | null {
    return document.querySelector<HTMLFormElement>("form[data-hand-in]");
  }

  private tell(words: string, bad = false): void {
    const line = this.part("told");
    if (!line) return;
    if (line.textContent !== words) line.textContent = words;
    line.classList.toggle("bad", bad);
  }

  // ---- devices

  private startDevices(): void {
    if (!("MediaRecorder" in window) || !navigator.mediaDevices?.getUserMedia || !window.crypto?.subtle) {
      this.unable(say("这个浏览器不能在网页里录音录像。请换一个新一些的浏览器，或用文字回答，两种一样算数。", "This browser cannot record in a page. Use a newer one, or answer in writing; both count the same."));
      return;
    }
    this.part("check")?.addEventListener("click", () => void this.check());
    this.part("record")?.addEventListener("click", () => this.record());
    this.part("stop")?.addEventListener("click", () => this.stop());
    this.root.querySelectorAll("input[name=picture]").forEach((input) =>
      input.addEventListener("change", () => {
        this.release();
        this.show();
      }),
    );
    window.addEventListener("pagehide", () => this.release());
  }

  private unable(words: string): void {
    const note = this.part("unable")!;
    note.hidden = false;
    note.querySelector("[data-why]")!.textContent = words;
    this.release();
    this.show();
  }

  private withPicture(): boolean {
    return this.root.querySelector<HTMLInputElement>("input[name=picture]:checked")?.value === "1";
  }

  private async check(): Promise<void> {
    const picture = this.withPicture();
    this.part("unable")!.hidden = true;
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: true },
        video: picture ? { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 15 }, facingMode: "user" } : false,
      });
    } catch (error) {
      const name = (error as DOMException).name;
      this.unable(
        name === "NotAllowedError" || name === "SecurityError"
          ? say("浏览器没有拿到麦克风或摄像头的许可。可以在地址栏左边打开许可再检查一次，或用文字回答，两种一样算数。", "The browser may not use the microphone or camera. Allow it beside the address and check again, or answer in writing; both count the same.")
          : picture
            ? say("没有找到能用的摄像头或麦克风，也可能正被别的程序用着。可以只录声音，或用文字回答，两种一样算数。", "No usable camera or microphone was found, or another program holds it. Record the sound only, or answer in writing; both count the same.")
            : say("没有找到能用的麦克风，也可能正被别的程序用着。可以用文字回答，两种一样算数。", "No usable microphone was found, or another program holds it. You may answer in writing; both count the same."),
      );
      return;
    }
    const preview = this.part<HTMLVideoElement>("preview")!;
    preview.srcObject = picture ? this.stream : null;
    if (picture) void preview.play().catch(() => undefined); // the recording does not need the preview
    this.meter();
    this.tell(say("设备好了。说句话，看看下面的音量动不动，然后开始录。", "Your devices work. Say something, watch the level, then record."));
    this.show();
    this.part("record")?.focus();
  }

  private meter(): void {
    const level = this.part<HTMLMeterElement>("level")!;
    this.sound = new AudioContext();
    const analyser = this.sound.createAnalyser();
    analyser.fftSize = 1024;
    this.sound.createMediaStreamSource(this.stream!).connect(analyser);
    const wave = new Float32Array(analyser.fftSize);
    const own = this.stream;
    this.loudest = 0;
    const look = (): void => {
      if (this.stream !== own || !own) return;
      analyser.getFloatTimeDomainData(wave);
      let sum = 0;
      for (const value of wave) sum += value * value;
      const loud = Math.min(1, Math.sqrt(sum / wave.length) * 4);
      this.loudest = Math.max(this.loudest, loud);
      level.value = loud;
      window.setTimeout(look, 100);
    };
    look();
  }

  private release(): void {
    this.stop();
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    void this.sound?.close().catch(() => undefined); // closed already
    this.sound = null;
    const preview = this.part<HTMLVideoElement>("preview");
    if (preview) preview.srcObject = null;
  }

  // ---- recording

  private longest(): number {
    const most = Number(this.root.dataset.longest);
    const end = document.querySelector<HTMLElement>("[data-deadline]");
    if (!end?.dataset.deadline) return most;
    const left = (Date.parse(end.dataset.deadline) - Date.now() - Number(end.dataset.skew ?? "0")) / 1000;
    return Math.max(1, Math.min(most, left - 1));
  }

  private record(): void {
    if (!this.stream || this.recorder || this.left < 1) return;
    const type = TYPES[this.withPicture() ? "seen" : "heard"].find((one) => MediaRecorder.isTypeSupported(one));
    const recorder = new MediaRecorder(this.stream, { ...(type ? { mimeType: type } : {}), videoBitsPerSecond: 240000, audioBitsPerSecond: 32000 });
    this.sending += 1; // an earlier take on its way is let go: this one takes its place
    this.handIn = false;
    const take: Take = { item: this.item, begun: Date.now(), type: (recorder.mimeType || type || "").split(";")[0]!, seconds: 1, handIn: false };
    const most = this.longest();
    let pieces = 0;
    let writing: Promise<unknown> = Promise.resolve();
    recorder.addEventListener("dataavailable", (event) => {
      if (!event.data.size) return;
      const number = pieces++;
      take.seconds = Math.max(1, Math.round((Date.now() - take.begun) / 1000));
      writing = writing.then(async () => this.store.add(take, number, await event.data.arrayBuffer()));
    });
    const timer = window.setInterval(() => {
      const gone = (Date.now() - take.begun) / 1000;
      this.part("gone")!.textContent = `${clock(gone)} / ${clock(most)}`;
      if (gone >= most) this.stop();
    }, 250);
    recorder.addEventListener("stop", () => {
      window.clearInterval(timer);
      this.recorder = null;
      if (pieces) {
        this.left -= 1;
        const silent = this.loudest < QUIET;
        void writing.then(() => this.resume(silent));
      } else this.tell(say("太短了，什么也没录到，不算一次。再按一次开始录。", "Too short: nothing was recorded, and it counts for nothing. Press Record again."), true);
      this.show();
    });
    this.recorder = recorder;
    this.loudest = 0;
    this.part("gone")!.textContent = `00:00 / ${clock(most)}`;
    recorder.start(PIECE_MS);
    this.tell(say("正在录。说完按「停」。", "Recording. Press Stop when you are done."));
    this.show();
    this.part("stop")?.focus();
  }

  private stop(): void {
    if (!this.recorder || this.recorder.state === "inactive") return;
    this.recorder.stop();
    this.tell(say("停了，正在存到这台设备上。", "Stopped; it is being kept on this device."));
  }

  // ---- sending

  private async resume(silent = false): Promise<void> {
    const found = await this.store.last(this.item);
    if (!found) return;
    this.sent = false;
    this.handIn = found.take.handIn;
    this.listen(found.blob, found.take.type);
    this.show();
    if (silent) this.tell(say("好像没有录到声音。听一遍，不行就再录。", "There seems to be no sound in it. Listen, and record again if need be."), true);
    await this.send(found.take, found.blob);
  }

  private async send(take: Take, blob: Blob): Promise<void> {
    const mine = ++this.sending;
    const stop = (): boolean => mine !== this.sending;
    const offline = (): void => this.tell(say("网断了。录好的都在这台设备上，恢复后自动接着传。", "You are offline. What you recorded is on this device and goes on when you are back."));
    try {
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
      const sha256 = [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      const begun = await told<Begun>(this.url, { size: blob.size, sha256, seconds: take.seconds }, offline, stop);
      if (!begun || stop()) return;
      this.left = begun.left;
      const whole = begun.done || (await sendPieces(`${this.url}?take=${begun.take}`, blob, begun.received, (sent, isOffline) => {
        this.progress(sent / blob.size);
        if (isOffline) offline();
        else if (sent < blob.size) this.tell(say(`正在传，${Math.floor((100 * sent) / blob.size)}%。可以先听一遍。`, `Sending, ${Math.floor((100 * sent) / blob.size)}%. You may listen meanwhile.`));
      }, stop));
      if (!whole || stop()) return;
      await this.store.forget(this.item);
      this.sent = true;
      this.progress(1);
      this.tell(say("传完了，可以交这一项。", "All of it arrived; you can hand this in."));
      this.show();
      if (this.root.dataset.after === "reload") window.location.reload();
      else if (this.handIn) this.handInForm()?.submit();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      await this.store.forget(this.item);
      this.handIn = false;
      this.tell(error.message, true);
      this.show();
    }
  }

  private async onHandIn(event: SubmitEvent): Promise<void> {
    if (this.sent && !this.recorder) return;
    event.preventDefault();
    const found = await this.store.last(this.item);
    if (!found) return;
    this.handIn = true;
    await this.store.put({ ...found.take, handIn: true });
    this.tell(say("传完就自动交。这一页先开着；关掉也不丢，回来接着传。", "It is handed in as soon as all has arrived. Keep this page open; if you close it nothing is lost and it goes on later."));
  }

  // ---- what is shown

  private listen(blob: Blob, type: string): void {
    const player = this.part<HTMLVideoElement>("listen");
    if (!player) return;
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = URL.createObjectURL(blob);
    player.src = this.address;
    player.classList.toggle("sound", type.startsWith("audio/"));
    player.hidden = false;
  }

  private progress(share: number): void {
    const bar = this.part<HTMLProgressElement>("sent");
    if (!bar) return;
    bar.hidden = share >= 1;
    bar.value = share;
  }

  private show(): void {
    const recording = this.recorder !== null;
    const hide = (name: string, hidden: boolean): void => {
      const part = this.part(name);
      if (part) part.hidden = hidden;
    };
    hide("check", this.stream !== null || this.left < 1);
    hide("choice", recording || this.left < 1);
    hide("record", !this.stream || recording || this.left < 1);
    hide("stop", !recording);
    hide("level", !this.stream);
    hide("gone", !recording);
    hide("preview", !this.stream || !this.withPicture());
    const player = this.part<HTMLVideoElement>("listen");
    if (player) player.hidden = recording || !player.getAttribute("src");
    const left = this.part("takes-left");
    if (left) left.textContent = this.left > 0 ? say(`还可以录 ${this.left} 次，最后一次算数`, `${this.left} takes left; the last one counts`) : say("三次都录过了，最后一次算数", "All three takes are used; the last one counts");
    const record = this.part("record");
    if (record) record.querySelector("span")!.textContent = this.left < 3 ? say("再录一次", "Record again") : say("开始录", "Record");
    const button = this.handInForm()?.querySelector<HTMLButtonElement>("button");
    if (button) button.disabled = recording || (!this.sent && !player?.getAttribute("src"));
  }
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll<HTMLElement>("[data-speak]").forEach((root) => new Speaking(root));
});
