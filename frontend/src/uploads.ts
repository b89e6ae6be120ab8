// Files and folders dropped on [data-upload="URL"]: an import is opened first, then files are sent a
// few requests at a time, small ones together. What fails keeps its line and can be sent again.
const zh = document.documentElement.lang.startsWith("zh");
const say = (chinese: string, english: string): string => (zh ? chinese : english);
const AT_ONCE = 3;
const MOST_FILES = 40;
const MOST_BYTES = 6 * 1024 * 1024;

interface Answer {
  batch: string;
  received: number;
}

function pathOf(file: File): string {
  return (file as File & { relative?: string }).relative || file.webkitRelativePath || file.name;
}

async function filesOf(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean) as FileSystemEntry[];
  if (!entries.length) return [...transfer.files];
  const found: File[] = [];
  const walk = async (entry: FileSystemEntry): Promise<void> => {
    if (entry.isFile) {
      const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
      Object.defineProperty(file, "relative", { value: entry.fullPath.replace(/^\//, "") });
      found.push(file);
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      const part = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
      if (!part.length) return;
      for (const child of part) await walk(child);
    }
  };
  for (const entry of entries) await walk(entry);
  return found;
}

function post(url: string, body: FormData, token: string, tell: (bytes: number) => void): Promise<Answer> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", token);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => tell(event.loaded);
    request.onload = () => {
      if (request.status < 300 && request.responseText.startsWith("{")) {
        done(JSON.parse(request.responseText) as Answer);
        return;
      }
      let words = say("没有存上，请重试", "Not stored; try again");
      try {
        words = (JSON.parse(request.responseText) as { detail?: string }).detail ?? words;
      } catch {
        if (request.status === 413) words = say("文件太大", "Too large");
      }
      fail(new Error(words));
    };
    request.onerror = () => fail(new Error(say("网断了，请重试", "Offline; try again")));
    request.send(body);
  });
}

class Upload {
  private readonly url: string;
  private readonly token: string;
  private readonly queue: File[] = [];
  private readonly under = new Map<File[], number>();
  private batch: Promise<string> | null = null;
  private running = 0;
  private done = 0;
  private failed = 0;
  private total = 0;
  private bytes = 0;
  private sentBytes = 0;
  private since = 0;
  private told = 0;

  constructor(private readonly zone: HTMLElement) {
    this.url = zone.dataset.upload!;
    this.token = (JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>)["X-CSRFToken"] ?? "";
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      if (event.dataTransfer) void filesOf(event.dataTransfer).then((files) => this.add(files));
    });
    zone.querySelectorAll<HTMLInputElement>("input[type=file]").forEach((input) =>
      input.addEventListener("change", () => {
        this.add([...(input.files ?? [])]);
        input.value = "";
      }),
    );
    if ("webkitdirectory" in HTMLInputElement.prototype)
      zone.querySelectorAll<HTMLElement>("[data-folder]").forEach((label) => (label.hidden = false));
  }

  private add(files: File[]): void {
    const wanted = files.filter((file) => !pathOf(file).split("/").some((part) => part.startsWith(".")));
    if (!wanted.length) return;
    if (!this.since) this.since = Date.now();
    this.queue.push(...wanted);
    this.total += wanted.length;
    this.bytes += wanted.reduce((sum, file) => sum + file.size, 0);
    this.batch ??= this.open(wanted);
    this.tell();
    this.next();
  }

  private async open(files: File[]): Promise<string> {
    const folder = pathOf(files[0]!).split("/")[0]!;
    const body = new FormData();
    body.append("open", files.length > 1 && !pathOf(files[0]!).includes("/") ? say(`${files.length} 个文件`, `${files.length} files`) : folder);
    return (await post(this.url, body, this.token, () => undefined)).batch;
  }

  private take(): File[] {
    const part: File[] = [];
    let size = 0;
    while (this.queue.length && part.length < MOST_FILES && (part.length === 0 || size + this.queue[0]!.size <= MOST_BYTES)) {
      const file = this.queue.shift()!;
      size += file.size;
      part.push(file);
    }
    return part;
  }

  private next(): void {
    while (this.running < AT_ONCE && this.queue.length) {
      const part = this.take();
      this.running += 1;
      this.send(part)
        .then(() => (this.done += part.length))
        .catch((error: Error) => this.problem(part, error.message))
        .finally(() => {
          this.under.delete(part);
          this.sentBytes += part.reduce((sum, file) => sum + file.size, 0);
          this.running -= 1;
          this.tell();
          this.refresh();
          this.next();
        });
    }
  }

  private async send(part: File[]): Promise<void> {
    const body = new FormData();
    body.append("batch", await this.batch!);
    part.forEach((file) => {
      body.append("paths", pathOf(file));
      body.append("files", file, file.name);
    });
    await post(this.url, body, this.token, (bytes) => {
      this.under.set(part, bytes);
      this.tell();
    });
  }

  private problem(part: File[], words: string): void {
    this.failed += part.length;
    this.batch?.catch(() => (this.batch = null));
    const line = document.createElement("li");
    line.className = "state bad";
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn sm";
    again.textContent = say("重试", "Retry");
    again.addEventListener("click", () => {
      line.remove();
      this.failed -= part.length;
      this.total -= part.length;
      this.add(part);
    });
    const names = part.length > 1 ? `${pathOf(part[0]!)} ${say(`等 ${part.length} 个`, `and ${part.length - 1} more`)}` : pathOf(part[0]!);
    line.append(`${names}${say("：", ": ")}${words} `, again);
    this.zone.querySelector("[data-upload-problems]")?.append(line);
  }

  private refresh(): void {
    const over = this.done + this.failed >= this.total;
    if (!over && Date.now() - this.told < 900) return;
    this.told = Date.now();
    document.body.dispatchEvent(new CustomEvent("changed", { bubbles: true }));
  }

  private tell(): void {
    const box = this.zone.querySelector<HTMLElement>("[data-upload-progress]");
    if (!box) return;
    box.hidden = false;
    let sent = this.sentBytes;
    this.under.forEach((bytes) => (sent += bytes));
    const bar = box.querySelector("progress");
    if (bar) {
      bar.max = Math.max(this.bytes, 1);
      bar.value = Math.min(sent, this.bytes);
    }
    const count = box.querySelector("[data-count]");
    if (count) count.textContent = `${this.done} / ${this.total}`;
    const words = box.querySelector("[data-summary]");
    if (!words) return;
    const over = this.done + this.failed >= this.total;
    const left = sent ? Math.round((((Date.now() - this.since) / sent) * (this.bytes - sent)) / 1000) : 0;
    words.textContent = over
      ? say(`${this.done} 个文件都已存好，正在读取`, `${this.done} files are stored and being read`)
      : left > 2
        ? say(`正在上传，还要约 ${left} 秒`, `Uploading, about ${left} s left`)
        : say("正在上传", "Uploading");
  }
}

export function startUploads(): void {
  document.querySelectorAll<HTMLElement>("[data-upload]").forEach((zone) => new Upload(zone));
}
