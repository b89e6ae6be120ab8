// Charts from the table that stands behind them: <figure data-chart="bar|line|scatter"><table>…
import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, ScatterChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function draw(figure: HTMLElement): void {
  const table = figure.querySelector("table");
  const place = figure.querySelector<HTMLElement>(".chart");
  if (!table || !place) return;
  const heads = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent?.trim() ?? "");
  const rows = [...table.querySelectorAll("tbody tr")].map((row) =>
    [...row.children].map((cell) => cell.getAttribute("data-value") ?? cell.textContent?.trim() ?? ""),
  );
  const kind = (figure.dataset.chart ?? "bar") as "bar" | "line";
  const columns = (figure.dataset.columns ?? "1").split(",").map(Number);
  const inks = columns.length > 1 ? [colour("--bar-weak"), colour("--ink")] : [colour("--bar")];
  const chart = echarts.init(place, null, { renderer: "svg" });
  chart.setOption({
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    aria: { enabled: true },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("--ink-2") },
    grid: { left: 8, right: 16, top: 24, bottom: 8, containLabel: true },
    tooltip: { trigger: "axis" },
    xAxis: { type: "category", data: rows.map((row) => row[0]), axisLine: { lineStyle: { color: colour("--line-2") } } },
    yAxis: { type: "value", splitLine: { lineStyle: { color: colour("--line") } } },
    series: columns.map((column, index) => ({
      type: kind,
      name: heads[column] ?? "",
      data: rows.map((row) => (row[column] === "–" ? null : Number(String(row[column]).replace(/,/g, "")))),
      itemStyle: { color: inks[index % inks.length] },
      barMaxWidth: 28,
    })),
  });
  new ResizeObserver(() => chart.resize()).observe(place);
}

document.addEventListener("DOMContentLoaded", () => document.querySelectorAll<HTMLElement>("[data-chart]").forEach(draw));
