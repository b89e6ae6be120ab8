// Recordings brought in from the room: a file, or the sound of this room. Sent in parts; an upload that
// stopped goes on where it stopped, because the server says how much of the file it has.
import { sendPieces, told } from "./pieces";

const zh = document.documentElement.lang.startsWith("zh");
const say = (chinese: string, english: string): string => (zh ? chinese : english);

export async function sendRecording(url: string, file: File, startsAt: number, tell: (words: string) => void): Promise<void> {
  const offline = (): void => tell(say("网断了，恢复后从这里接着传。", "Offline; it goes on from here later."));
  const begun = await told<{ upload: string; received: number }>(
    url,
    { name: file.name, size: file.size, starts_at_second: startsAt },
    offline,
    () => false,
  );
  if (!begun) return;
  await sendPieces(`${url}?upload=${begun.upload}`, file, begun.received, (sent, isOffline) => {
    const percent = Math.floor((100 * sent) / file.size);
    if (isOffline) offline();
    else tell(say(`已传 ${percent}%`, `${percent}% sent`));
  });
  tell(say("已存好。刷新后可以播放。", "Stored. Reload to play it."));
}

export function startRecorder(root: HTMLElement, second: () => number | null): void {
  const zone = root.querySelector<HTMLElement>("[data-recording-upload]");
  if (!zone) return;
  const url = zone.dataset.recordingUpload!;
  const line = zone.querySelector<HTMLElement>("[data-recording-state]")!;
  const tell = (words: string): void => {
    line.textContent = words;
  };
  const send = (file: File, startsAt: number): void => {
    sendRecording(url, file, startsAt, tell).catch((error: Error) => tell(error.message || say("没有传成功。", "Not sent.")));
  };
  zone.querySelector<HTMLInputElement>("input[type=file]")?.addEventListener("change", (event) => {
    const file = (event.target as HTMLInputElement).files?.[0];
    if (file) send(file, 0);
  });
  const button = zone.querySelector<HTMLButtonElement>("[data-record]");
  if (!button || !("MediaRecorder" in window) || !navigator.mediaDevices) {
    button?.remove();
    return;
  }
  let recorder: MediaRecorder | null = null;
  button.addEventListener("click", () => {
    if (recorder) {
      recorder.stop();
      return;
    }
    const startsAt = second() ?? 0;
    navigator.mediaDevices
      .getUserMedia({ audio: true })
      .then((stream) => {
        const parts: Blob[] = [];
        recorder = new MediaRecorder(stream, { audioBitsPerSecond: 32000 });
        recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
        recorder.addEventListener("stop", () => {
          stream.getTracks().forEach((track) => track.stop());
          recorder = null;
          button.setAttribute("aria-pressed", "false");
          send(new File(parts, `talk-${Date.now()}.weba`, { type: "audio/webm" }), startsAt);
        });
        recorder.start(5000);
        button.setAttribute("aria-pressed", "true");
        tell(say("正在录音。再按一次停止并保存。", "Recording. Press again to stop and store it."));
      })
      .catch(() => tell(say("没有麦克风权限，没有录音。", "No access to a microphone; nothing is recorded.")));
  });
}
