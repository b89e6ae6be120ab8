// Files and folders dropped on [data-upload="URL"] are sent a few at a time, each with its own line.
const zh = document.documentElement.lang.startsWith("zh");
const say = (chinese: string, english: string): string => (zh ? chinese : english);
const AT_ONCE = 3;

async function filesOf(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean) as FileSystemEntry[];
  if (!entries.length) return [...transfer.files];
  const found: File[] = [];
  const walk = async (entry: FileSystemEntry): Promise<void> => {
    if (entry.isFile) {
      found.push(await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail)));
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

function send(url: string, file: File, token: string, tell: (share: number) => void): Promise<string> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("files", file, file.webkitRelativePath || file.name);
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", token);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => tell(event.total ? event.loaded / event.total : 0);
    request.onload = () =>
      request.status < 300 ? done("") : fail(new Error((JSON.parse(request.responseText || "{}") as { detail?: string }).detail ?? String(request.status)));
    request.onerror = () => fail(new Error(say("网断了，请重试", "Offline; try again")));
    request.send(body);
  });
}

export function startUploads(): void {
  document.querySelectorAll<HTMLElement>("[data-upload]").forEach((zone) => {
    const url = zone.dataset.upload!;
    const token = (JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>)["X-CSRFToken"] ?? "";
    const list = document.getElementById(zone.dataset.list ?? "");
    const queue: File[] = [];
    let running = 0;
    let done = 0;
    let total = 0;
    const started = { at: 0 };
    const summary = zone.querySelector<HTMLElement>("[data-summary]");
    const tellAll = () => {
      if (!summary) return;
      const left = done ? Math.round(((Date.now() - started.at) / done) * (total - done) / 1000) : 0;
      summary.textContent = done < total
        ? say(`已上传 ${done} / ${total}，约还要 ${left} 秒`, `${done} of ${total} uploaded, about ${left} s left`)
        : say(`${total} 个文件都已存好，正在读取`, `All ${total} files are stored and being read`);
    };
    const next = (): void => {
      while (running < AT_ONCE && queue.length) {
        const file = queue.shift()!;
        running += 1;
        const line = document.createElement("li");
        line.textContent = file.name;
        const failLine = (words: string) => {
          line.textContent = `${file.name}：${words}`;
          line.className = "state bad";
          const again = document.createElement("button");
          again.type = "button";
          again.className = "btn sm";
          again.textContent = say("重试", "Retry");
          again.addEventListener("click", () => {
            line.remove();
            queue.push(file);
            total += 1;
            next();
          });
          line.append(" ", again);
          list?.append(line);
        };
        send(url, file, token, () => undefined)
          .catch((error: Error) => failLine(error.message))
          .finally(() => {
            running -= 1;
            done += 1;
            tellAll();
            if (done === total) document.body.dispatchEvent(new CustomEvent("changed", { bubbles: true }));
            next();
          });
      }
    };
    const add = (files: File[]) => {
      if (!started.at) started.at = Date.now();
      queue.push(...files.filter((file) => !file.name.startsWith(".")));
      total += files.length;
      tellAll();
      next();
    };
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      if (event.dataTransfer) void filesOf(event.dataTransfer).then(add);
    });
    zone.querySelectorAll<HTMLInputElement>("input[type=file]").forEach((input) =>
      input.addEventListener("change", () => {
        add([...(input.files ?? [])]);
        input.value = "";
      }),
    );
  });
}
