import { build, context } from "esbuild";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const out = fileURLToPath(new URL("../touchstone/ui/static/dist/", import.meta.url));
mkdirSync(out, { recursive: true });
const options = {
  entryPoints: ["src/app.ts", "src/editor.ts", "src/charts.ts", "src/room.ts", "src/board.ts", "src/exercise.ts", "src/replay.ts", "src/spoken.ts"],
  absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
  bundle: true,
  minify: true,
  sourcemap: false,
  format: "iife",
  target: ["chrome90", "safari14", "firefox90"],
  outdir: out,
  logLevel: "info",
};
if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  await build(options);
}
